#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace sallyport {
namespace {

struct Lead {
  std::size_t length;       // of the sequence, 0 when the byte cannot start one
  unsigned char low, high;  // range of the second byte
};

Lead lead_of(unsigned char byte) {
  if (byte < 0xc2) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte < 0xf0) {
    return {3, static_cast<unsigned char>(byte == 0xe0 ? 0xa0 : 0x80),
            static_cast<unsigned char>(byte == 0xed ? 0x9f : 0xbf)};
  }
  if (byte < 0xf5) {
    return {4, static_cast<unsigned char>(byte == 0xf0 ? 0x90 : 0x80),
            static_cast<unsigned char>(byte == 0xf4 ? 0x8f : 0xbf)};
  }
  return {0, 0, 0};
}

bool eight_are_ascii(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return (word & 0x8080808080808080u) == 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size() && eight_are_ascii(text.data() + i)) {
      i += 8;
      continue;
    }
    if (byte(i) < 0x80) {
      ++i;
      continue;
    }
    const Lead lead = lead_of(byte(i));
    if (lead.length == 0 || i + lead.length > text.size()) return i;
    if (byte(i + 1) < lead.low || byte(i + 1) > lead.high) return i;
    for (std::size_t k = 2; k < lead.length; ++k) {
      if ((byte(i + k) & 0xc0u) != 0x80) return i;
    }
    i += lead.length;
  }
  return std::string_view::npos;
}

char* write_utf8(char* at, char32_t code) noexcept {
  const auto put = [&](std::uint32_t byte) { *at++ = static_cast<char>(byte); };
  const auto tail = [&](unsigned shift) { put(0x80u | ((code >> shift) & 0x3fu)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0u | (code >> 6u));
    tail(0);
  } else if (code < 0x10000) {
    put(0xe0u | (code >> 12u));
    tail(6);
    tail(0);
  } else {
    put(0xf0u | (code >> 18u));
    tail(12);
    tail(6);
    tail(0);
  }
  return at;
}

void append_utf8(std::string& out, char32_t code) {
  char bytes[4];
  out.append(bytes, static_cast<std::size_t>(write_utf8(bytes, code) - bytes));
}

}  // namespace sallyport
