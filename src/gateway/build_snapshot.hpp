// From settings to what the data plane runs by.
#pragma once

#include <memory>

#include "config/report.hpp"
#include "gateway/snapshot.hpp"
#include "settings/settings.hpp"

namespace sallyport::gateway {

// Loads certificates and resolves targets. Null when errors were reported.
[[nodiscard]] std::shared_ptr<const Snapshot> build_snapshot(const settings::Root& root,
                                                             std::shared_ptr<const Policy> policy,
                                                             std::shared_ptr<engine::Services> services,
                                                             config::Report& report);

}  // namespace sallyport::gateway
