// What the specification demands of a type system beyond names that exist (October 2021 §3.6 to
// §3.13, "Type Validation"): fields of output types, arguments of input types, interfaces truly
// implemented, input objects that can be written down, defaults of the right type.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "graphql/builder.hpp"

namespace sallyport::graphql {

inline constexpr std::size_t max_required_chain = 1000;  // input objects that each require the next

struct Unsoundness {
  const decode::GraphqlNode* at = nullptr;
  std::string message;
};

// The first thing that is wrong, or nothing. O(size of the schema x interfaces of a type).
[[nodiscard]] std::optional<Unsoundness> unsoundness_of(const Schema& schema, const Origins& origins);

}  // namespace sallyport::graphql
