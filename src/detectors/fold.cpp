#include <array>
#include <cstdint>

#include "detectors/inspect.hpp"

namespace sallyport::detectors {
namespace {

struct Decoded {
  char32_t code = 0;
  std::size_t size = 1;
  bool overlong = false;
};

// UTF-8 as a careless reader has it: two to three bytes, shortest form not asked for.
Decoded decode(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t n) { return n < text.size() ? static_cast<unsigned char>(text[n]) : 0u; };
  const unsigned a = byte(i);
  const auto more = [&](std::size_t n) { return (byte(i + n) & 0xC0u) == 0x80u; };
  if ((a & 0xE0u) == 0xC0u && more(1)) {
    const char32_t code = (a & 0x1Fu) << 6 | (byte(i + 1) & 0x3Fu);
    return {code, 2, code < 0x80};
  }
  // %c0%2e: the second byte's high bits are ignored by the worst of them.
  if ((a == 0xC0u || a == 0xC1u) && byte(i + 1) >= 0x20u && byte(i + 1) < 0x80u) {
    return {(a & 1u) << 6 | (byte(i + 1) & 0x3Fu), 2, true};
  }
  if ((a & 0xF0u) == 0xE0u && more(1) && more(2)) {
    const char32_t code = (a & 0x0Fu) << 12 | (byte(i + 1) & 0x3Fu) << 6 | (byte(i + 2) & 0x3Fu);
    return {code, 3, code < 0x80};
  }
  if ((a & 0xF8u) == 0xF0u && more(1) && more(2) && more(3)) {
    const char32_t code =
        (a & 7u) << 18 | (byte(i + 1) & 0x3Fu) << 12 | (byte(i + 2) & 0x3Fu) << 6 | (byte(i + 3) & 0x3Fu);
    return {code, 4, code < 0x80};
  }
  return {};
}

constexpr char dropped = '\x01';  // no width: taken out

// The ASCII character that it is read as, `dropped`, or NUL when it stays.
char ascii_of(const Decoded& d) {
  const char32_t c = d.code;
  if (d.overlong) return static_cast<char>(c);
  if (c >= 0xFF01 && c <= 0xFF5E) return static_cast<char>(c - 0xFEE0);          // full width
  if (c >= 0x24B6 && c <= 0x24CF) return static_cast<char>('A' + (c - 0x24B6));  // circled
  if (c >= 0x24D0 && c <= 0x24E9) return static_cast<char>('a' + (c - 0x24D0));
  if (c >= 0x2460 && c <= 0x2468) return static_cast<char>('1' + (c - 0x2460));
  if (c >= 0x1D400 && c <= 0x1D6A3) {  // mathematical letters, by alphabets of 52
    const auto n = (c - 0x1D400) % 52;
    return static_cast<char>(n < 26 ? 'A' + n : 'a' + (n - 26));
  }
  switch (c) {
    case 0x24EA:
      return '0';
    case 0x02B9:
    case 0x02BC:
    case 0x02C8:
    case 0x2032:
      return '\'';
    case 0x02BA:
    case 0x2033:
      return '"';
    case 0x2215:
    case 0x2044:
      return '/';
    case 0x2216:
    case 0xFE68:
      return '\\';
    case 0xFE64:
      return '<';
    case 0xFE65:
      return '>';
    case 0x3008:
      return '<';
    case 0x3009:
      return '>';
    case 0x3002:
      return '.';
    case 0x2024:
      return '.';
    case 0x017F:
      return 's';  // long s, and the Kelvin sign: upper- and lower-casing make ASCII of them
    case 0x212A:
      return 'k';
    case 0x00AD:
    case 0x200B:
    case 0x200C:
    case 0x200D:
    case 0x2060:
    case 0xFEFF:
      return dropped;
    default:
      return '\0';  // any other character
  }
}

}  // namespace

std::string_view fold(std::string_view text, Arena& arena) {
  std::size_t i = 0;
  while (i < text.size() && (static_cast<unsigned char>(text[i]) < 0x80 || ascii_of(decode(text, i)) == '\0')) {
    i += static_cast<unsigned char>(text[i]) < 0x80 ? 1 : decode(text, i).size;
  }
  if (i >= text.size()) return text;
  const auto out = arena.array<char>(text.size());
  std::size_t size = 0;
  for (std::size_t j = 0; j < text.size();) {
    if (static_cast<unsigned char>(text[j]) < 0x80) {
      out[size++] = text[j++];
      continue;
    }
    const Decoded d = decode(text, j);
    const char ascii = ascii_of(d);
    if (ascii == '\0') {
      for (std::size_t n = 0; n < d.size; ++n) out[size++] = text[j + n];
    } else if (ascii != dropped) {
      out[size++] = ascii;
    }
    j += d.size;
  }
  return {out.data(), size};
}

}  // namespace sallyport::detectors
