#include "match/transformation.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "http/characters.hpp"
#include "match/transform_decode.hpp"
#include "match/transform_shape.hpp"

namespace sallyport::match {
namespace {

struct Named {
  std::string_view name;
  Transformation transformation;
};

constexpr auto names = std::to_array<Named>({
    {"base64decode", Transformation::base64_decode},
    {"base64decodeext", Transformation::base64_decode_ext},
    {"base64encode", Transformation::base64_encode},
    {"cmdline", Transformation::cmd_line},
    {"compresswhitespace", Transformation::compress_whitespace},
    {"cssdecode", Transformation::css_decode},
    {"escapeseqdecode", Transformation::escape_seq_decode},
    {"hexdecode", Transformation::hex_decode},
    {"hexencode", Transformation::hex_encode},
    {"htmlentitydecode", Transformation::html_entity_decode},
    {"jsdecode", Transformation::js_decode},
    {"length", Transformation::length},
    {"lowercase", Transformation::lowercase},
    {"md5", Transformation::md5},
    {"normalisepath", Transformation::normalize_path},
    {"normalisepathwin", Transformation::normalize_path_win},
    {"normalizepath", Transformation::normalize_path},
    {"normalizepathwin", Transformation::normalize_path_win},
    {"parityeven7bit", Transformation::parity_even_7bit},
    {"parityodd7bit", Transformation::parity_odd_7bit},
    {"parityzero7bit", Transformation::parity_zero_7bit},
    {"removecomments", Transformation::remove_comments},
    {"removecommentschar", Transformation::remove_comments_char},
    {"removenulls", Transformation::remove_nulls},
    {"removewhitespace", Transformation::remove_whitespace},
    {"replacecomments", Transformation::replace_comments},
    {"replacenulls", Transformation::replace_nulls},
    {"sha1", Transformation::sha1},
    {"sqlhexdecode", Transformation::sql_hex_decode},
    {"trim", Transformation::trim},
    {"trimleft", Transformation::trim_left},
    {"trimright", Transformation::trim_right},
    {"uppercase", Transformation::uppercase},
    {"urldecode", Transformation::url_decode},
    {"urldecodeuni", Transformation::url_decode_uni},
    {"urlencode", Transformation::url_encode},
    {"utf8tounicode", Transformation::utf8_to_unicode},
});

constexpr auto byte_traits = [] {
  std::array<std::uint32_t, 256> table{};
  const auto add = [&table](std::string_view set, std::uint32_t bit) {
    for (const char c : set) table[static_cast<unsigned char>(c)] |= bit;
  };
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = trait::upper;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = trait::lower;
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = trait::digit;
  for (unsigned c = 0x80; c < 0x100; ++c) table[c] = trait::high;
  add(" \t\n\v\f\r\xa0", trait::space);
  add("%+", trait::percent_plus);
  add("&", trait::ampersand);
  add("\\", trait::backslash);
  table[0] |= trait::nul;
  add("/", trait::slash);
  add(".", trait::dot);
  add("\"'^,;(", trait::shell);
  add("*-#<>", trait::comment);
  add("'\"`", trait::quote);
  for (auto& bits : table) {
    if (bits == 0) bits = trait::other;
  }
  return table;
}();

}  // namespace

std::optional<Transformation> transformation_named(std::string_view name) noexcept {
  for (const Named& known : names) {
    if (known.name.size() != name.size()) continue;
    std::size_t i = 0;
    while (i < name.size() && http::lower(name[i]) == known.name[i]) ++i;
    if (i == name.size()) return known.transformation;
  }
  return std::nullopt;
}

std::uint32_t traits_of(std::string_view text) noexcept {
  std::uint32_t bits = 0;
  for (const char c : text) bits |= byte_traits[static_cast<unsigned char>(c)];
  return bits;
}

std::uint32_t triggers_of(Transformation transformation) noexcept {
  using namespace trait;
  switch (transformation) {
    case Transformation::base64_decode:
    case Transformation::base64_decode_ext:
    case Transformation::base64_encode:
    case Transformation::hex_decode:
    case Transformation::hex_encode:
    case Transformation::length:
    case Transformation::md5:
    case Transformation::sha1:
    case Transformation::parity_even_7bit:
    case Transformation::parity_odd_7bit:
      return always;
    case Transformation::cmd_line:
      return upper | space | backslash | shell | slash;
    case Transformation::compress_whitespace:
    case Transformation::remove_whitespace:
    case Transformation::trim:
    case Transformation::trim_left:
    case Transformation::trim_right:
      return space;
    case Transformation::css_decode:
    case Transformation::escape_seq_decode:
    case Transformation::js_decode:
      return backslash;
    case Transformation::html_entity_decode:
      return ampersand;
    case Transformation::lowercase:
      return upper;
    case Transformation::uppercase:
      return lower;
    case Transformation::normalize_path:
      return slash | dot;
    case Transformation::normalize_path_win:
      return slash | dot | backslash;
    case Transformation::parity_zero_7bit:
    case Transformation::utf8_to_unicode:
      return high;
    case Transformation::remove_comments:
    case Transformation::remove_comments_char:
      return slash | comment;
    case Transformation::replace_comments:
      return slash;
    case Transformation::remove_nulls:
    case Transformation::replace_nulls:
      return nul;
    case Transformation::sql_hex_decode:
      return digit;
    case Transformation::url_decode:
    case Transformation::url_decode_uni:
      return percent_plus;
    case Transformation::url_encode:
      return always;
  }
  return trait::always;
}

std::string_view transform(Transformation transformation, std::string_view text, Scratch& scratch) {
  if (text.empty() && transformation != Transformation::length && transformation != Transformation::md5 &&
      transformation != Transformation::sha1) {
    return text;
  }
  switch (transformation) {
    case Transformation::base64_decode:
      return decode_base64_prefix(text, scratch);
    case Transformation::base64_decode_ext:
      return decode_base64_forgiving(text, scratch);
    case Transformation::base64_encode:
      return base64_of(text, scratch);
    case Transformation::cmd_line:
      return command_line(text, scratch);
    case Transformation::compress_whitespace:
      return compress_whitespace(text, scratch);
    case Transformation::css_decode:
      return decode_css(text, scratch);
    case Transformation::escape_seq_decode:
      return decode_escapes(text, scratch);
    case Transformation::hex_decode:
      return decode_hex(text, scratch);
    case Transformation::hex_encode:
      return hex_of(text, scratch);
    case Transformation::html_entity_decode:
      return decode_html_entities(text, scratch);
    case Transformation::js_decode:
      return decode_js(text, scratch);
    case Transformation::length:
      return length_of(text, scratch);
    case Transformation::lowercase:
      return lowercase(text, scratch);
    case Transformation::md5:
      return digest_of(text, Digest::md5, scratch);
    case Transformation::normalize_path:
      return normalize_path(text, false, scratch);
    case Transformation::normalize_path_win:
      return normalize_path(text, true, scratch);
    case Transformation::parity_even_7bit:
      return parity(text, Parity::even, scratch);
    case Transformation::parity_odd_7bit:
      return parity(text, Parity::odd, scratch);
    case Transformation::parity_zero_7bit:
      return parity(text, Parity::zero, scratch);
    case Transformation::remove_comments:
      return remove_comments(text, scratch);
    case Transformation::remove_comments_char:
      return remove_comment_marks(text, scratch);
    case Transformation::remove_nulls:
      return without_nulls(text, scratch);
    case Transformation::remove_whitespace:
      return without_whitespace(text, scratch);
    case Transformation::replace_comments:
      return replace_comments(text, scratch);
    case Transformation::replace_nulls:
      return replace_nulls(text, scratch);
    case Transformation::sha1:
      return digest_of(text, Digest::sha1, scratch);
    case Transformation::sql_hex_decode:
      return decode_sql_hex(text, scratch);
    case Transformation::trim:
      return trim(text, true, true);
    case Transformation::trim_left:
      return trim(text, true, false);
    case Transformation::trim_right:
      return trim(text, false, true);
    case Transformation::uppercase:
      return uppercase(text, scratch);
    case Transformation::url_decode:
      return decode_url(text, false, scratch);
    case Transformation::url_decode_uni:
      return decode_url(text, true, scratch);
    case Transformation::url_encode:
      return url_of(text, scratch);
    case Transformation::utf8_to_unicode:
      return unicode_escapes_of_utf8(text, scratch);
  }
  return text;
}

}  // namespace sallyport::match
