// Parameters of a request, as OpenAPI's styles write them, judged by their schemas.
#pragma once

#include <optional>
#include <string_view>

#include "controls/contract/plan.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::controls::contract {

inline constexpr std::size_t max_arguments = 255;  // of a query

// What does not fit. All views are static or in the arena; nothing of a value is in them.
struct Misfit {
  std::string_view rule;   // stable: "required", "maximum", "unknown_query_parameter"
  std::string_view place;  // "query parameter `limit`"
};

// The first misfit, or nothing. `strict`: query parameters that are not declared are refused.
[[nodiscard]] std::optional<Misfit> judge_parameters(const OperationPlan& operation, const Plan& plan,
                                                     std::string_view path_template, const Request& request,
                                                     bool strict, Arena& arena);

}  // namespace sallyport::controls::contract
