// What a prefilter is made of: for each phase and kind of value the patterns of the rules that look
// at such values, and which transformations of which values they look at.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "match/program.hpp"

namespace sallyport::match {

// Kinds of values that are scanned together. A rule's hit in one kind says nothing of the others.
enum class ValueKind : std::uint8_t {
  line,     // method, path, query, body as one text, status: what there is one of
  fields,   // header fields and their names
  data,     // arguments, cookies, files, parts, XML
  decoded,  // any of them, behind a transformation that changes every text: base64, digests
};
inline constexpr std::size_t value_kinds = 4;
// Of what is not decoded.
[[nodiscard]] ValueKind value_kind(Variable variable) noexcept;

struct PrefilterPattern {
  std::uint32_t bit = 0;
  std::string text;
  bool caseless = false;
  bool loose = false;  // looked for approximately: it finds more than the pattern
};

// The values of a variable, and the chains of transformations that they are looked at behind: a bit
// for each of the group's.
struct PrefilterFeed {
  struct Member {
    std::string name;
    std::uint64_t chains = 0;
  };
  Variable variable = Variable::args;
  std::uint64_t chains = 0;     // of all its values
  std::vector<Member> members;  // more chains of single ones
};

struct PrefilterStep {
  Transformation step = Transformation::lowercase;
  std::uint32_t triggers = 0;
  friend bool operator==(const PrefilterStep&, const PrefilterStep&) = default;
};
using PrefilterChain = std::vector<PrefilterStep>;

struct PrefilterGroup {
  static constexpr std::size_t max_chains = 64;  // rules with further ones run without the prefilter
  int phase = 0;
  ValueKind kind = ValueKind::line;
  std::vector<PrefilterFeed> feeds;
  std::vector<PrefilterChain> chains;   // in order of execution; the first is empty
  std::vector<std::uint32_t> triggers;  // of each chain's steps together
  std::vector<PrefilterPattern> patterns;
};

struct PrefilterPlan {
  std::array<std::uint32_t, last_phase + 1> bits{};  // numbered so far, of each phase
  std::vector<PrefilterGroup> groups;
};

// How a pattern can be looked for in joined values.
enum class Joined : std::uint8_t { exactly, loosely, never };
using Judge = Joined (*)(const std::string& pattern);

// Numbers the rules that it covers (Rule::filter).
[[nodiscard]] PrefilterPlan plan_prefilter(Program& program, int paranoia, Judge judge);

}  // namespace sallyport::match
