#include "base/json_text.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sallyport {
namespace {

// One bit a byte of `word`: is it a control character, a quotation mark, a backslash, or no ASCII?
// Bytes behind the first one that is may be marked wrongly.
std::uint64_t special(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  const auto below = [](std::uint64_t x, std::uint64_t n) { return (x - ones * n) & ~x; };
  return (below(word, 0x20) | below(word ^ (ones * '"'), 1) | below(word ^ (ones * '\\'), 1) | word) & (ones * 0x80);
}

// Copies the plain prefix, eight bytes at a time; returns its length. Up to eight bytes behind it may
// be overwritten, never more than `text` has.
std::size_t copy_plain(char* to, std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, &text[at], 8);
    std::memcpy(to + at, &word, 8);
    if (const std::uint64_t found = special(word); found != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') return at;
    to[at] = text[at];
  }
  return at;
}

// The length of the valid UTF-8 sequence in front (Unicode 15, table 3-7), or of the maximal
// invalid part, with `valid` false.
std::size_t sequence(std::string_view text, bool& valid) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  valid = false;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return 1;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return i;
    low = 0x80;
    high = 0xbf;
  }
  valid = true;
  return length;
}

char* write_escape(char* at, char c) {
  *at++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *at++ = c;
      return at;
    case '\n':
      *at++ = 'n';
      return at;
    case '\r':
      *at++ = 'r';
      return at;
    case '\t':
      *at++ = 't';
      return at;
    default:
      break;
  }
  constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  for (const char one : {'u', '0', '0', digits[byte >> 4], digits[byte & 15]}) *at++ = one;
  return at;
}

}  // namespace

char* write_json(char* at, std::string_view text) {
  *at++ = '"';
  while (true) {
    const std::size_t run = copy_plain(at, text);
    at += run;
    text.remove_prefix(run);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      at = write_escape(at, text[0]);
      text.remove_prefix(1);
      continue;
    }
    bool valid = false;
    const std::size_t length = sequence(text, valid);
    const std::string_view shown = valid ? text.substr(0, length) : std::string_view("\xef\xbf\xbd");
    at += shown.copy(at, shown.size());
    text.remove_prefix(length);
  }
  *at++ = '"';
  return at;
}

void append_json(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + json_bound(text.size()), [&](char* begin, std::size_t) {
    return static_cast<std::size_t>(write_json(begin + before, text) - begin);
  });
}

}  // namespace sallyport
