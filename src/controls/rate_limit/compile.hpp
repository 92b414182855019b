// From configuration to compiled rules, for both controls of limits.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/report.hpp"
#include "controls/rate_limit/config.hpp"
#include "controls/rate_limit/limits.hpp"

namespace sallyport::controls::rate_limit {

// The class of each operation and the reason, by Operation::index.
[[nodiscard]] std::vector<Classified> classify_all(const Api* api, const std::map<std::string, Class>& given,
                                                   const document::Node* at, config::Report& report);
[[nodiscard]] std::vector<Class> classes_of(const std::vector<Classified>& all);

// Nothing, with errors in the report, when the rule cannot be.
[[nodiscard]] std::optional<LimitRule> compile(const Rule& rule, const Api* api, const document::Node* at,
                                               config::Report& report);

// One "api: GET /orders/{id}: data, …" a line, of the operations that are in no usual class.
[[nodiscard]] std::string explain(const Api& api, const std::vector<Classified>& all);

}  // namespace sallyport::controls::rate_limit
