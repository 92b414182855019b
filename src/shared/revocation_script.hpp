// The list of revocations that nodes share, in Redis: one atomic script that takes what is new here and says what is
// new there. Three keys with one hash tag, so that a cluster keeps them together:
//
//   {revoked}           sorted set of entries, by the version at which each came
//   {revoked}:until     the same by their end, for cleaning up
//   {revoked}:version   the newest version: the server's microseconds, or one more than the last
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/resp.hpp"
#include "shared/revocations.hpp"

namespace sallyport::shared {

// The first key, which says where in a cluster the list is.
[[nodiscard]] std::string revocations_name(std::string_view prefix);
// Appends EVAL for it.
void append_poll(std::string& out, std::string_view prefix, const Revocations::Poll& poll);

struct RevocationNews {
  bool empty_store = false;  // it knows of no revocation at all
  std::int64_t version = 0;
  std::vector<Revocation> entries;  // at most Revocations::max_news: as many mean that there may be more
};
// Nothing when the reply is none of the script's. Entries that cannot be read are passed over.
[[nodiscard]] std::optional<RevocationNews> read_revocations(const Reply& reply);

// An entry as it stands in the set: "jti:1700000000:1700003600:value".
[[nodiscard]] std::string format_revocation(const Revocation& one);
[[nodiscard]] std::optional<Revocation> parse_revocation(std::string_view text);

}  // namespace sallyport::shared
