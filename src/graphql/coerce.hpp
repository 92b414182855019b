// Are the values of an operation's variables of the types that it says (October 2021 §6.1.2,
// CoerceVariableValues)? Nothing is changed: whoever executes the operation coerces.
#pragma once

#include <optional>

#include "decode/graphql.hpp"
#include "decode/value.hpp"
#include "graphql/failure.hpp"
#include "graphql/schema.hpp"

namespace sallyport::graphql {

// The first value that does not fit, or nothing. `operation`: of a valid document. `variables`: an
// object, or null for none; members that the operation does not define are not looked at, as the
// specification has it. Rule: "variable_values"; name: the variable; offset: in the variables.
// Linear in the values, but for the fields of input objects.
[[nodiscard]] std::optional<Failure> misfit_of_variables(const Schema& schema, const decode::GraphqlNode& operation,
                                                         const decode::Value* variables);

}  // namespace sallyport::graphql
