#include "websocket/text_check.hpp"

#include <cstring>

namespace sallyport::websocket {
namespace {

bool eight_are_ascii(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return (word & 0x8080808080808080u) == 0;
}

}  // namespace

bool TextCheck::take(std::string_view piece) {
  const char* at = piece.data();
  const char* const end = at + piece.size();
  while (at != end) {
    if (left_ == 0) {
      while (end - at >= 8 && eight_are_ascii(at)) at += 8;
      if (at == end) return true;
    }
    const auto byte = static_cast<std::uint8_t>(*at++);
    if (left_ != 0) {
      if (byte < low_ || byte > high_) return false;
      --left_;
      low_ = 0x80;
      high_ = 0xbf;
      continue;
    }
    if (byte < 0x80) continue;
    // The ranges of the second byte shut out overlong forms, surrogates and what is above U+10FFFF.
    if (byte < 0xc2 || byte > 0xf4) return false;
    low_ = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    high_ = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    left_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  }
  return true;
}

}  // namespace sallyport::websocket
