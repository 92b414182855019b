// Findings as the admin API shows them, and what a person may make of one.
//
//   GET  /api/v1/findings?q=…&kind=attack&standing=open&offset=0&limit=50
//   POST /api/v1/findings      {"id":"…","standing":"closed"}
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

#include "admin/query.hpp"
#include "inventory/findings.hpp"

namespace sallyport::admin {

// Worst and newest first; `open` counts all that are open. Errors: a kind or standing that does not exist.
[[nodiscard]] Result<std::string> findings_json(std::vector<inventory::Finding> findings, const Query& query);

struct FindingChange {
  std::string id;
  inventory::Standing standing = inventory::Standing::open;
};
// Null when the body is something else.
[[nodiscard]] std::optional<FindingChange> read_finding_change(std::string_view body);

}  // namespace sallyport::admin
