// Writes one character as UTF-8 into a buffer that has room for four bytes.
#pragma once

namespace sallyport::decode {

// `code` must be a scalar value. Returns the end.
inline char* write_utf8(char* at, char32_t code) noexcept {
  const auto byte = [&at](char32_t value) { *at++ = static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
    return at;
  }
  if (code < 0x800) {
    byte(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
  }
  byte(0x80 | (code & 0x3f));
  return at;
}

}  // namespace sallyport::decode
