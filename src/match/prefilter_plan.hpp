// What a prefilter is made of: groups of rules that look at the same values, and their patterns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "match/program.hpp"

namespace sallyport::match {

struct PrefilterSource {
  Variable variable = Variable::args;
  std::string name;  // only this member; empty: all
  friend auto operator<=>(const PrefilterSource&, const PrefilterSource&) = default;
};

struct PrefilterPattern {
  std::uint32_t bit = 0;
  std::string text;
  bool caseless = false;
  bool loose = false;  // looked for approximately: it finds more than the pattern
};

// The rules of a group that share a chain of transformations.
struct PrefilterVariant {
  std::uint32_t chain = 0;
  std::vector<std::uint64_t> mask;  // of bits
};

struct PrefilterGroup {
  int phase = 0;
  std::vector<PrefilterSource> sources;
  std::vector<PrefilterPattern> patterns;
  std::vector<PrefilterVariant> variants;
};

struct PrefilterPlan {
  std::array<std::uint32_t, last_phase + 1> bits{};  // numbered so far, of each phase
  std::vector<PrefilterGroup> groups;
};

// How a pattern can be looked for in joined values.
enum class Joined : std::uint8_t { exactly, loosely, never };
using Judge = Joined (*)(const std::string& pattern);

[[nodiscard]] PrefilterPlan plan_prefilter(Program& program, int paranoia, Judge judge);

}  // namespace sallyport::match
