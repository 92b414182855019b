// Values as documents write them, held to the types of a schema (October 2021 §5.6), and the
// variables that are found in them.
#pragma once

#include <optional>

#include "decode/graphql.hpp"
#include "graphql/failure.hpp"
#include "graphql/schema.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::graphql {

// A variable in a value.
struct VariableUse {
  const decode::GraphqlNode* node = nullptr;
  TypeRef type;
  bool typed = false;        // false inside an object of a custom scalar: anything may stand there
  bool has_default = false;  // the place has one of its own
  bool one_of = false;       // the place is a field of a @oneOf type: never null
  VariableUse* next = nullptr;
};

struct VariableUses {
  VariableUse* first = nullptr;
  VariableUse* last = nullptr;
};

// The first thing in `value` that a place of this type does not take, or nothing. Rules:
// "values_of_correct_type", "unique_input_field_names". Linear, but for the fields of input objects.
// Variables are let through and appended to `uses`, which may be null where there can be none.
[[nodiscard]] std::optional<Failure> misfit_of(const Schema& schema, const decode::GraphqlNode& value,
                                               const Input& place, Arena& arena, VariableUses* uses);

// The second of two children of that kind and of one name, or null. O(n log n).
[[nodiscard]] const decode::GraphqlNode* repeated(const decode::GraphqlNode& parent, decode::GraphqlKind kind,
                                                  Arena& arena);

}  // namespace sallyport::graphql
