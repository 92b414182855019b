// The part of `sallyport check` that says which limits recorded traffic would need.
#pragma once

#include <string>
#include <vector>

#include <sallyport/engine.hpp>

#include "config/report.hpp"

namespace sallyport::cli {

// Reads event logs and compares what callers of each class and operation needed with what stands for them. The text
// ends with keys to take over. Files that are no event log, or tell of no call of these APIs, are errors in `report`.
[[nodiscard]] std::string suggest_limits(const Policy& policy, const std::vector<std::string>& files,
                                         config::Report& report);

}  // namespace sallyport::cli
