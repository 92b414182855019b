// TextCheck: UTF-8 (RFC 3629) that comes in pieces which may end within a character, as the frames
// of a text message do (RFC 6455 §8.1). Says so at the first byte that cannot be.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::websocket {

class TextCheck {
 public:
  // False from the first byte on that no UTF-8 could have there. Linear.
  [[nodiscard]] bool take(std::string_view piece);
  // Does the text so far end with a whole character?
  [[nodiscard]] bool complete() const { return left_ == 0; }
  void reset() { left_ = 0; }

 private:
  std::uint8_t left_ = 0;  // bytes that the character still needs
  std::uint8_t low_ = 0;   // the range of the next one
  std::uint8_t high_ = 0;
};

}  // namespace sallyport::websocket
