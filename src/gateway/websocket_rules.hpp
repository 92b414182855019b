// WebSocketRules: where an API lets WebSockets be opened, by whom, and what they may do; and the
// handshake of both sides (RFC 6455 §4).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controls/access/path_pattern.hpp"
#include "settings/websocket.hpp"
#include "websocket/key.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::gateway {

class WebSocketRules {
 public:
  // From keys that were checked.
  [[nodiscard]] static std::shared_ptr<const WebSocketRules> build(const settings::WebSocket& from);

  // Is the path one where they may be opened?
  [[nodiscard]] bool declares(std::string_view path) const;
  // May pages of that origin open one at `request`? Cross-site WebSocket hijacking, CWE-1385.
  [[nodiscard]] bool allows_origin(std::string_view origin, const Request& request) const;
  // Those of the client's subprotocols that the API may be offered, in the arena.
  [[nodiscard]] std::string_view allowed_of(std::string_view offered, Arena& arena) const;
  [[nodiscard]] bool names_subprotocols() const { return !subprotocols_.empty(); }

  [[nodiscard]] std::uint64_t max_message() const { return max_message_; }
  [[nodiscard]] std::uint32_t messages_per_second() const { return messages_per_second_; }
  [[nodiscard]] std::chrono::milliseconds idle() const { return idle_; }

 private:
  std::vector<controls::access::PathPattern> paths_;
  std::vector<std::string> origins_;
  std::vector<std::string> subprotocols_;
  std::uint64_t max_message_ = 0;
  std::uint32_t messages_per_second_ = 0;
  std::chrono::milliseconds idle_{};
};

// Does it ask for one: GET by HTTP/1.1, with both Upgrade and Connection (RFC 6455 §4.1)? Those
// fields are marked as removed by then and count all the same. By HTTP/2 an extended CONNECT has been
// made the same (http/header_list.hpp).
[[nodiscard]] bool asks_for_websocket(const Request& request);

// The handshake of one call. Views are in the call's arena or its request.
class WebSocketHandshake {
 public:
  void reset() { *this = {}; }
  void begin(const WebSocketRules& rules) { rules_ = &rules; }
  // Set when the call asks for a WebSocket where one may be opened.
  [[nodiscard]] const WebSocketRules* rules() const { return rules_; }

  // Judges what the client asks, and makes of the request what goes to the API: a key of our own, no
  // extensions, and subprotocols that are allowed. Pass or Deny.
  [[nodiscard]] Verdict take_request(Request& request, Arena& arena);
  // Judges the API's 101, and makes of it what goes to the client. Empty, or the rule that it broke.
  [[nodiscard]] std::string_view take_answer(Response& response) const;

 private:
  const WebSocketRules* rules_ = nullptr;
  std::string_view offered_;        // subprotocols, as the API hears them
  websocket::Key own_key_{};        // for the API
  websocket::Accept own_accept_{};  // for the client
  bool has_key_ = false;            // the client sent one
};

}  // namespace sallyport::gateway
