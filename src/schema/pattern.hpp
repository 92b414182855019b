// Patterns of JSON Schema: ECMA-262 regular expressions with the `u` flag, searched anywhere in a
// string (not anchored).
//
// They run on RE2, in time linear in the text. Only what RE2 does not have, look-around and back
// references, runs on PCRE2 with a limit on steps: a match that would exceed it ends as
// `undecided`, which is never "no match". What ECMA-262 reads otherwise than both (\d, \w, \s,
// $, \cX, \u{...}, [^], names of properties) is translated; what it does not have (\Z, \a, possessive
// quantifiers, unknown escapes of letters) is refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::schema {

enum class Found : std::uint8_t { no, yes, undecided };

class Pattern {
 public:
  static constexpr std::uint32_t max_steps = 20'000;   // of one match on PCRE2
  static constexpr std::int64_t max_memory = 1 << 20;  // of one expression on RE2, in bytes
  static constexpr std::size_t max_length = 8192;      // of the expression, in bytes

  [[nodiscard]] static Result<Pattern> compile(std::string_view expression);
  // Is it an expression of ECMA-262, even one that cannot be compiled here: look-behind of a length
  // that varies?
  [[nodiscard]] static bool is_expression(std::string_view expression);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern();

  // `text` must be UTF-8. Allocates nothing after the first call of a thread.
  [[nodiscard]] Found search(std::string_view text) const noexcept;

 private:
  struct Code;
  explicit Pattern(std::unique_ptr<Code> code);
  static Result<Pattern> compile(std::string_view expression, int& error);
  std::unique_ptr<Code> code_;
};

// The same expression in the syntax of RE2 and PCRE2; an error says what ECMA-262 does not allow.
[[nodiscard]] Result<std::string> translated(std::string_view expression);

}  // namespace sallyport::schema
