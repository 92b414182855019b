// What was revoked, as the store keeps it over restarts. The words of `kind` are the owner's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

#include "store/database.hpp"

namespace sallyport::store {

struct RevocationRow {
  std::string kind;
  std::string value;
  std::int64_t at_s = 0;
  std::int64_t until_s = 0;
};

// One transaction: all of it is on disk when it returns without an error. Of two of the same kind and value the later
// times stay. What ended before `now_s` goes.
[[nodiscard]] Result<void> save_revocations(Database& database, std::span<const RevocationRow> rows,
                                            std::int64_t now_s);
// What has not ended.
[[nodiscard]] Result<std::vector<RevocationRow>> load_revocations(Database& database, std::int64_t now_s);

}  // namespace sallyport::store
