// All detectors over one decoded value.
//
//   Findings findings;
//   inspect("1' or 1=1--", {}, findings);
//   findings.strongest()  → sql, 8, "sql_tautology"
//
// Pure and allocation-free. What holds no byte that an attack needs costs one look at each byte;
// everything else is linear in the value.
#pragma once

#include <string_view>

#include "detectors/evidence.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::detectors {

struct Site {
  bool opaque = false;      // any string by its nature: a password
  bool user_agent = false;  // tools name themselves there
  bool graphql = false;     // a GraphQL document: its braces and dollars are no templates
  bool name = false;        // of a parameter or member: keys of prototypes and operators count
  bool inert = false;       // the content of a file: only what runs where it is stored
};

void inspect(std::string_view text, const Site& site, Findings& findings) noexcept;

// Text as lenient readers fold it to ASCII: UTF-8 in more bytes than needed (CVE-2000-0884),
// full-width and circled letters (NFKC), typographic quotes and slashes, soft hyphens and
// characters without width taken out. Views `text` when there is nothing of that. Linear.
[[nodiscard]] std::string_view fold(std::string_view text, Arena& arena);

}  // namespace sallyport::detectors
