// Findings for people, as JSON, and as SARIF 2.1.0 (OASIS) for code scanning.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lint/finding.hpp"

namespace sallyport::lint {

// One line each, at most `most`, and one that says how many more there are.
[[nodiscard]] std::string as_text(const std::vector<Finding>& findings, std::size_t most);
// A JSON array of objects.
[[nodiscard]] std::string as_json(const std::vector<Finding>& findings);
// A JSON object: operation -> points.
[[nodiscard]] std::string as_json(const std::vector<Score>& scores);
// One run with all rules, also those that nothing breaks.
[[nodiscard]] std::string as_sarif(const std::vector<Finding>& findings, std::string_view version);

}  // namespace sallyport::lint
