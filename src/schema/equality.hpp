// Equality of JSON values as JSON Schema has it: numbers by value (1.0 is 1), members in any order.
#pragma once

#include <cstdint>

#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::schema {

// Linear in the smaller of the two; depth is bounded by the trees'.
[[nodiscard]] bool equal(const decode::Value& a, const decode::Value& b) noexcept;
// Equal values have equal hashes; keyed for this process, so that nobody can choose collisions.
[[nodiscard]] std::uint64_t hash_of(const decode::Value& value) noexcept;
// Are the items of an array all different? Few small items are compared one by one, others by
// hash: linear but for the sort. Hashes stand in `scratch`.
[[nodiscard]] bool all_different(const decode::Value& array, Arena& scratch);

}  // namespace sallyport::schema
