#include "base/json_text.hpp"

#include <cstddef>
#include <cstdint>

namespace sallyport {
namespace {

bool plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

// The length of the plain prefix. Blocks of 16 without a branch inside become vector code.
std::size_t plain_prefix(const char* text, std::size_t size) {
  std::size_t at = 0;
  while (at + 16 <= size) {
    std::uint8_t special = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const auto c = static_cast<unsigned char>(text[at + i]);
      special |= static_cast<std::uint8_t>((c < 0x20) | (c >= 0x80) | (c == '"') | (c == '\\'));
    }
    if (special != 0) break;
    at += 16;
  }
  while (at < size && plain(static_cast<unsigned char>(text[at]))) ++at;
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

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
  }
  constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  const char code[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
  out.append(code, sizeof code);
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out.push_back('"');
  while (true) {
    const std::size_t run = plain_prefix(text.data(), text.size());
    out.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_escape(out, text[0]);
      text.remove_prefix(1);
      continue;
    }
    bool valid = false;
    const std::size_t length = sequence(text, valid);
    out.append(valid ? text.substr(0, length) : std::string_view("\xef\xbf\xbd"));
    text.remove_prefix(length);
  }
  out.push_back('"');
}

}  // namespace sallyport
