#include "decode/xml_characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace sallyport::decode {
namespace {

struct Range {
  char32_t first, last;
};
// NameStartChar beyond ASCII.
constexpr auto starts = std::to_array<Range>({{0xc0, 0xd6},
                                              {0xd8, 0xf6},
                                              {0xf8, 0x2ff},
                                              {0x370, 0x37d},
                                              {0x37f, 0x1fff},
                                              {0x200c, 0x200d},
                                              {0x2070, 0x218f},
                                              {0x2c00, 0x2fef},
                                              {0x3001, 0xd7ff},
                                              {0xf900, 0xfdcf},
                                              {0xfdf0, 0xfffd},
                                              {0x10000, 0xeffff}});
// What NameChar adds.
constexpr auto others = std::to_array<Range>({{0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}});

constexpr std::uint8_t start_bit = 1;
constexpr std::uint8_t name_bit = 2;
constexpr auto ascii = [] {
  std::array<std::uint8_t, 128> table{};
  for (unsigned c = 0; c < 128; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    const bool other = (c >= '0' && c <= '9') || c == '-' || c == '.';
    table[c] = static_cast<std::uint8_t>((letter ? start_bit | name_bit : 0) | (other ? name_bit : 0));
  }
  return table;
}();

bool in(std::span<const Range> ranges, char32_t code) {
  return std::ranges::any_of(ranges, [code](Range range) { return code >= range.first && code <= range.last; });
}

// Of valid UTF-8.
char32_t code_at(std::string_view text, std::size_t& length) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t first = byte(0);
  length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1) return first;
  char32_t code = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3f);
  return code;
}

}  // namespace

bool is_xml_character(char32_t code) noexcept {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

std::size_t xml_name_length(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 128) {
      if ((ascii[c] & (at == 0 ? start_bit : name_bit)) == 0) break;
      ++at;
      continue;
    }
    std::size_t length = 0;
    const char32_t code = code_at(text.substr(at), length);
    if (!in(starts, code) && (at == 0 || !in(others, code))) break;
    at += length;
  }
  return at;
}

std::size_t find_not_xml(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && !is_xml_space(text[i])) return i;
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
    if (c == 0xef && static_cast<unsigned char>(text[i + 1]) == 0xbf &&
        static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace sallyport::decode
