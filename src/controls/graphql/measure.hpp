// Measure: what a GraphQL document asks for, with fragments written out, without writing them out.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "decode/graphql.hpp"
#include "decode/refusal.hpp"
#include "decode/value.hpp"

namespace sallyport::controls::graphql {

struct Measure {
  std::uint64_t depth = 0;
  std::uint64_t nodes = 0;
  std::uint64_t aliases = 0;
  std::uint64_t directives = 0;
  std::uint64_t cost = 0;  // all of them stop at UINT64_MAX
  bool introspects = false;
  bool subscribes = false;
  bool mutates = false;
};

// How lists count.
struct Lists {
  std::span<const std::string> arguments;
  std::uint32_t otherwise = 10;
};

inline constexpr std::uint32_t max_fragments = 100;      // of a document
inline constexpr std::uint32_t max_operations = 10;      // of a document: each measures the fragments anew
inline constexpr std::uint32_t max_fragment_chain = 32;  // fragments that spread fragments

// The most of all operations of the document: which one runs, only the API knows. `variables` may be
// null. Each fragment is measured once: linear in the document. Rules of refusals: "no_operation",
// "type_system" (a document may only ask), "unknown_fragment", "duplicate_fragment",
// "fragment_cycle", "fragments", "operations", "fragment_chain".
[[nodiscard]] std::expected<Measure, decode::Refusal> measure(const decode::GraphqlNode& document,
                                                              const decode::Value* variables, const Lists& lists);

}  // namespace sallyport::controls::graphql
