// Prefilter: which rules of a phase can match at all. All values of a kind, in each form that
// transformations give them and each distinct text once, are joined and scanned once for the
// patterns of all rules (Vectorscan); only the rules that it names are then run, exactly, value by
// value.
//
// It never loses a match: patterns are compiled so that they find at least what PCRE2 finds in any
// of the joined values (joined_pattern.hpp), and a pattern for which that is not certain is left
// out, so that its rule always runs. Rules that read what other rules write are left out too.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "match/input.hpp"
#include "match/prefilter_plan.hpp"
#include "match/scratch.hpp"

namespace sallyport::match {

class Prefilter {
 public:
  // Bits of rules, for each kind of value.
  struct Candidates {
    std::array<std::span<const std::uint64_t>, value_kinds> hits;
    [[nodiscard]] bool has(std::int32_t filter, ValueKind kind) const {
      const auto bits = hits[static_cast<std::size_t>(kind)];
      return (bits[static_cast<std::size_t>(filter) / 64] >> (static_cast<std::size_t>(filter) % 64) & 1u) != 0;
    }
    [[nodiscard]] bool has(std::int32_t filter) const {
      return has(filter, ValueKind::line) || has(filter, ValueKind::fields) || has(filter, ValueKind::data) ||
             has(filter, ValueKind::decoded);
    }
  };

  // Numbers the rules that it covers (Rule::filter). Null when the build has no Vectorscan. An
  // error of the cache is none of the caller's: the prefilter is then compiled.
  [[nodiscard]] static Result<std::unique_ptr<const Prefilter>> build(Program& program, int paranoia,
                                                                      const std::string& cache_folder);
  ~Prefilter();
  Prefilter(const Prefilter&) = delete;
  Prefilter& operator=(const Prefilter&) = delete;

  // The result lies in `scratch`.
  [[nodiscard]] Candidates scan(int phase, const Input& input, Scratch& scratch) const;
  [[nodiscard]] std::size_t bytes() const;  // of the compiled patterns

 private:
  struct Compiled;
  explicit Prefilter(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace sallyport::match
