// Parameters of a request, as OpenAPI's styles write them, judged by their schemas.
#pragma once

#include <optional>
#include <string_view>

#include "controls/contract/misfit.hpp"
#include "controls/contract/plan.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::controls::contract {

inline constexpr std::size_t max_arguments = 255;  // of a query

// The first misfit, or nothing. `strict`: query parameters that are not declared are refused.
[[nodiscard]] std::optional<Misfit> judge_parameters(const OperationPlan& operation, const Plan& plan,
                                                     std::string_view path_template, const Request& request,
                                                     bool strict, Arena& arena);

}  // namespace sallyport::controls::contract
