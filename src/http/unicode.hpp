// UTF-8 by RFC 3629 and the characters that could be taken for others.
#pragma once

#include <cstdint>

namespace sallyport::http {

// Decodes byte by byte; overlong forms, surrogates and values above U+10FFFF are malformed.
class Utf8 {
 public:
  static constexpr std::uint32_t incomplete = 0xffff'fffe;
  static constexpr std::uint32_t malformed = 0xffff'ffff;

  // A code point at the end of a sequence, `incomplete` within it, or `malformed`.
  std::uint32_t add(unsigned char byte) noexcept {
    if (left_ == 0) {
      if (byte < 0x80) return byte;
      if (byte >= 0xc2 && byte <= 0xdf) return begin(byte & 0x1fu, 1, 0x80);
      if (byte >= 0xe0 && byte <= 0xef) return begin(byte & 0x0fu, 2, 0x800);
      if (byte >= 0xf0 && byte <= 0xf4) return begin(byte & 0x07u, 3, 0x10000);
      return malformed;
    }
    if ((byte & 0xc0u) != 0x80) return malformed;
    value_ = value_ << 6 | (byte & 0x3fu);
    if (--left_ != 0) return incomplete;
    const bool surrogate = value_ >= 0xd800 && value_ <= 0xdfff;
    return value_ < least_ || value_ > 0x10ffff || surrogate ? malformed : value_;
  }
  [[nodiscard]] bool pending() const noexcept { return left_ != 0; }

 private:
  std::uint32_t begin(std::uint32_t bits, int left, std::uint32_t least) noexcept {
    value_ = bits;
    left_ = left;
    least_ = least;
    return incomplete;
  }
  std::uint32_t value_ = 0;
  std::uint32_t least_ = 0;
  int left_ = 0;
};

// Non-ASCII characters that NFKC (Unicode 14, UAX #15) folds to text with ASCII in it, slashes
// that look like ASCII ones, and characters without a shape (Zs, Zl, Zp, Cc, Cf).
[[nodiscard]] bool is_confusable(std::uint32_t point) noexcept;

}  // namespace sallyport::http
