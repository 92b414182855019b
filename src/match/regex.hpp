// Regex: one pattern, exactly, by PCRE2 with its JIT. Bytes, not characters; "." matches a line
// feed and "$" only the very end, as rules for ModSecurity 2 expect.
//
// Work is bounded: every start position has a limit of steps (PCRE2's match limit), and the start
// positions of a text of more than `short_text` bytes are tried window by window with a clock between
// them. A match that spends its budget ends in `exhausted`, which is never "no match".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::match {

// What the groups 0 to 9 matched; an unset group is empty.
struct Captures {
  std::array<std::string_view, 10> group;
  std::size_t count = 0;  // groups up to the last that took part
};

class Regex {
 public:
  static constexpr std::size_t short_text = 2048;            // bytes
  static constexpr std::uint32_t match_limit = 50'000;       // steps for a start position
  static constexpr std::uint32_t long_match_limit = 10'000;  // the same in a long text
  static constexpr std::size_t first_window = 64;            // start positions; more while it goes quickly
  static constexpr std::size_t last_window = 64u << 10;
  static constexpr std::int64_t budget_ns = 6'000'000;  // CPU time for one text

  enum class Outcome : std::uint8_t { no_match, match, exhausted };
  enum class Case : bool { sensitive, insensitive };

  [[nodiscard]] static Result<Regex> compile(const std::string& pattern, Case mode = Case::sensitive);

  // Safe from any thread. `captures` may be null.
  [[nodiscard]] Outcome match(std::string_view text, Captures* captures = nullptr) const;
  [[nodiscard]] const std::string& pattern() const { return pattern_; }

 private:
  struct Free {
    void operator()(void* code) const noexcept;
  };
  std::string pattern_;
  std::unique_ptr<void, Free> code_;
};

}  // namespace sallyport::match
