// Assembly: a configuration file, its specifications and the controls become one Policy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/include.hpp"
#include "config/report.hpp"
#include "engine/services.hpp"
#include "settings/settings.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::assembly {

struct Assembled {
  settings::Root root;  // control sections are not valid any more
  std::shared_ptr<const Policy> policy;
  std::vector<std::string> files;  // configuration files read
};

// All errors and warnings go to `report`; nothing is returned when there are errors. The policy
// shares `services` with those before and after it.
[[nodiscard]] std::optional<Assembled> load(const std::string& path, std::uint64_t generation,
                                            const std::shared_ptr<engine::Services>& services, config::Report& report);
[[nodiscard]] std::optional<Assembled> assemble(const document::Node& root, std::uint64_t generation,
                                                const std::shared_ptr<engine::Services>& services,
                                                config::Report& report);

}  // namespace sallyport::assembly
