// Does a document mean something against a schema? Every rule of §5 of the specification (October
// 2021; of September 2025 the existence of operation types, @oneOf, and no @skip or @include on
// the root of subscriptions). The first thing that is wrong ends it.
//
// Rules of failures are named as graphql-js names them: "fields_on_correct_type",
// "overlapping_fields_can_be_merged", ... and the names of ValidationLimits.
#pragma once

#include <cstdint>
#include <expected>
#include <span>

#include "decode/graphql.hpp"
#include "graphql/failure.hpp"
#include "graphql/schema.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::graphql {

struct ValidationLimits {
  std::uint32_t operations = 10;      // of a document: each is looked at with the fragments it uses
  std::uint32_t fragments = 100;      // of a document
  std::uint32_t merge_work = 50'000;  // selections looked at to see which fields meet in the answer
  std::uint32_t merge_depth = 200;    // fields inside each other, with fragments written out
};

// A selection with what it means.
struct Selection {
  const decode::GraphqlNode* node = nullptr;
  const Type* parent = nullptr;  // what it is selected from
  const Field* field = nullptr;  // null: an inline fragment or a spread
  const Type* type = nullptr;    // of the field, without wrappers; of a fragment, its condition
  std::uint32_t end = 0;         // place behind all that is below it
  std::uint32_t definition = 0;  // of a spread: place of the fragment among the definitions
};

struct Definition {
  const decode::GraphqlNode* node = nullptr;
  const Type* type = nullptr;  // the root, or the fragment's condition
  std::uint32_t begin = 0;     // its selections
  std::uint32_t end = 0;
};

// A valid document: its definitions in order, and all their selections in document order; what is
// below a selection follows it. Lives as long as document, schema and arena.
struct Typed {
  std::span<const Definition> definitions;
  std::span<const Selection> selections;
};

// O(n log n) in the document, but for fields that meet in the answer, which merge_work bounds.
// Allocates in the arena only.
[[nodiscard]] std::expected<Typed, Failure> validate(const decode::GraphqlNode& document, const Schema& schema,
                                                     Arena& arena, const ValidationLimits& limits = {});

}  // namespace sallyport::graphql
