// Sec-WebSocket-Key and what a server makes of it to show that it speaks WebSocket (RFC 6455 §4.1,
// §4.2.2).
#pragma once

#include <array>
#include <string_view>

namespace sallyport::websocket {

// 16 bytes in base64, in their one form?
[[nodiscard]] bool is_key(std::string_view text);

using Key = std::array<char, 24>;
// One that nobody can guess.
[[nodiscard]] Key make_key();

using Accept = std::array<char, 28>;
// Sec-WebSocket-Accept for that key: the base64 of SHA-1 over the key and a constant.
[[nodiscard]] Accept accept_for(std::string_view key);

}  // namespace sallyport::websocket
