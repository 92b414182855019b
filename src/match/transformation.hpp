// The transformations of SecLang ("t:…"), as ModSecurity 2 reads them: lenient on purpose, since
// they undo what a careless application would undo. Each is total: any bytes in, bytes out, never
// an error, linear in the input; output is at most 6 times as long.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "match/scratch.hpp"

namespace sallyport::match {

enum class Transformation : std::uint8_t {
  base64_decode,
  base64_decode_ext,
  base64_encode,
  cmd_line,
  compress_whitespace,
  css_decode,
  escape_seq_decode,
  hex_decode,
  hex_encode,
  html_entity_decode,
  js_decode,
  length,
  lowercase,
  md5,
  normalize_path,
  normalize_path_win,
  parity_even_7bit,
  parity_odd_7bit,
  parity_zero_7bit,
  remove_comments,
  remove_comments_char,
  remove_nulls,
  remove_whitespace,
  replace_comments,
  replace_nulls,
  sha1,
  sql_hex_decode,
  trim,
  trim_left,
  trim_right,
  uppercase,
  url_decode,
  url_decode_uni,
  url_encode,
  utf8_to_unicode,
};

// By its name in any case, with the synonyms "normalisePath" and "normalisePathWin".
[[nodiscard]] std::optional<Transformation> transformation_named(std::string_view name) noexcept;

// Which kinds of bytes a text holds, as bits: a transformation none of whose kinds occur leaves the
// text as it is, and need not be run.
namespace trait {
inline constexpr std::uint32_t upper = 1u << 0;
inline constexpr std::uint32_t lower = 1u << 1;
inline constexpr std::uint32_t space = 1u << 2;  // isspace() and 0xA0
inline constexpr std::uint32_t percent_plus = 1u << 3;
inline constexpr std::uint32_t ampersand = 1u << 4;
inline constexpr std::uint32_t backslash = 1u << 5;
inline constexpr std::uint32_t nul = 1u << 6;
inline constexpr std::uint32_t slash = 1u << 7;
inline constexpr std::uint32_t dot = 1u << 8;
inline constexpr std::uint32_t high = 1u << 9;      // 0x80 and above
inline constexpr std::uint32_t shell = 1u << 10;    // " ' ^ , ; (
inline constexpr std::uint32_t comment = 1u << 11;  // * - # < >
inline constexpr std::uint32_t digit = 1u << 12;
inline constexpr std::uint32_t quote = 1u << 13;   // ' " `
inline constexpr std::uint32_t other = 1u << 14;   // any other byte
inline constexpr std::uint32_t always = 1u << 31;  // of transformations that change any text
}  // namespace trait

[[nodiscard]] std::uint32_t traits_of(std::string_view text) noexcept;
[[nodiscard]] std::uint32_t triggers_of(Transformation transformation) noexcept;

// The result is `text` itself when nothing changed, and lies in `scratch` otherwise.
[[nodiscard]] std::string_view transform(Transformation transformation, std::string_view text, Scratch& scratch);

}  // namespace sallyport::match
