// Subject: one decoded value as the detectors see it: its text, which kinds of bytes it has, and
// whether it reads like prose or like code that is only shown. Made once a value, in one pass;
// what has no special byte and no keyword needs no detector at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::detectors {

// Bits of Subject::marks().
namespace mark {
inline constexpr std::uint32_t quote = 1u << 0;        // ' "
inline constexpr std::uint32_t tick = 1u << 1;         // `
inline constexpr std::uint32_t angle = 1u << 2;        // <
inline constexpr std::uint32_t close_angle = 1u << 3;  // >
inline constexpr std::uint32_t paren = 1u << 4;        // (
inline constexpr std::uint32_t brace = 1u << 5;        // {
inline constexpr std::uint32_t bracket = 1u << 6;      // [
inline constexpr std::uint32_t dollar = 1u << 7;
inline constexpr std::uint32_t semicolon = 1u << 8;
inline constexpr std::uint32_t pipe = 1u << 9;  // | &
inline constexpr std::uint32_t equals = 1u << 10;
inline constexpr std::uint32_t percent = 1u << 11;
inline constexpr std::uint32_t slash = 1u << 12;
inline constexpr std::uint32_t backslash = 1u << 13;
inline constexpr std::uint32_t dot = 1u << 14;
inline constexpr std::uint32_t colon = 1u << 15;
inline constexpr std::uint32_t line = 1u << 16;     // CR, LF
inline constexpr std::uint32_t control = 1u << 17;  // other control bytes, NUL
inline constexpr std::uint32_t space = 1u << 18;
inline constexpr std::uint32_t dash = 1u << 19;
inline constexpr std::uint32_t hash = 1u << 20;
inline constexpr std::uint32_t star = 1u << 21;
inline constexpr std::uint32_t underscore = 1u << 22;
inline constexpr std::uint32_t high = 1u << 23;  // not ASCII
inline constexpr std::uint32_t digit = 1u << 24;
inline constexpr std::uint32_t letter = 1u << 25;
inline constexpr std::uint32_t at_sign = 1u << 26;
inline constexpr std::uint32_t plus = 1u << 27;
inline constexpr std::uint32_t bang = 1u << 28;  // ! ?
inline constexpr std::uint32_t comma = 1u << 29;
}  // namespace mark

// The marks of a text, one table look-up a byte.
[[nodiscard]] std::uint32_t marks_of(std::string_view text) noexcept;

class Subject {
 public:
  // `opaque`: what stands there may be any string by its nature (a password): punctuation alone is
  // no evidence.
  explicit Subject(std::string_view text, bool opaque = false) noexcept;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::uint32_t marks() const noexcept { return marks_; }
  [[nodiscard]] bool has(std::uint32_t any) const noexcept { return (marks_ & any) != 0; }
  [[nodiscard]] bool has_all(std::uint32_t all) const noexcept { return (marks_ & all) == all; }
  [[nodiscard]] bool opaque() const noexcept { return opaque_; }
  // Most of it is words of a language: several in a row, between spaces.
  [[nodiscard]] bool prose() const noexcept { return prose_; }
  // That offset lies in a fenced or indented block of Markdown, or between backticks within prose.
  [[nodiscard]] bool shown(std::size_t offset) const noexcept;
  // Whether what was found there is only told about: prose, or code that is shown.
  [[nodiscard]] bool told(std::size_t offset) const noexcept { return prose_ || shown(offset); }

 private:
  static constexpr std::size_t max_fences = 8;    // later ones are not taken for shown
  static constexpr std::size_t max_inline = 256;  // bytes that are looked at before an offset

  void weigh_words() noexcept;
  void find_fences() noexcept;

  std::string_view text_;
  std::uint32_t marks_ = 0;
  bool opaque_ = false;
  bool prose_ = false;
  std::size_t fences_ = 0;
  std::array<std::size_t, 2 * max_fences> fence_{};  // begin, end, begin, …
};

}  // namespace sallyport::detectors
