// Why a WebSocket ends, as a Close frame says it (RFC 6455 §7.4).
#pragma once

#include <cstdint>

namespace sallyport::websocket {

using CloseCode = std::uint16_t;

namespace close_code {
inline constexpr CloseCode none = 0;  // not on the wire: nothing is wrong, or a Close frame says nothing
inline constexpr CloseCode normal = 1000;
inline constexpr CloseCode going_away = 1001;
inline constexpr CloseCode protocol_error = 1002;
inline constexpr CloseCode invalid_text = 1007;
inline constexpr CloseCode policy_violation = 1008;
inline constexpr CloseCode too_big = 1009;
inline constexpr CloseCode internal_error = 1011;
}  // namespace close_code

// May a Close frame say it? 1004, 1005, 1006 and 1015 stand for what no frame can say; 1012 to 1014
// were registered later (IANA, WebSocket Close Code Number Registry).
[[nodiscard]] constexpr bool may_be_sent(CloseCode code) {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace sallyport::websocket
