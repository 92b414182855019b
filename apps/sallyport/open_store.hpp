// Opens the store that a configuration names.
#pragma once

#include <memory>
#include <string>

#include "settings/settings.hpp"
#include "store/database.hpp"

namespace sallyport::cli {

// `data`: the data directory; it exists.
[[nodiscard]] inline Result<std::unique_ptr<store::Database>> open_store(const settings::Store& from,
                                                                         const std::string& data) {
  if (from.postgres.empty()) return store::open_sqlite(data + "/sallyport.db");
  return store::open_postgres({.url = from.postgres, .password = std::string(from.password.reveal())});
}

}  // namespace sallyport::cli
