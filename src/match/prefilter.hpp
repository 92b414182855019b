// Prefilter: which rules of a phase can match at all. All values that a group of rules looks at are
// joined by line feeds and scanned once for all patterns of the group (Vectorscan); only the rules
// that it names are then run, exactly, value by value.
//
// It never loses a match: patterns are compiled so that they find at least what PCRE2 finds in any
// of the joined values, and a pattern for which that is not certain is left out, so that its rule
// always runs. Rules that read what other rules write are left out too.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "match/input.hpp"
#include "match/scratch.hpp"

namespace sallyport::match {

struct Program;

class Prefilter {
 public:
  struct Candidates {
    std::span<const std::uint64_t> bits;
    [[nodiscard]] bool has(std::int32_t filter) const {
      return (bits[static_cast<std::size_t>(filter) / 64] >> (static_cast<std::size_t>(filter) % 64) & 1u) != 0;
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
