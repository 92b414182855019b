// WebSocketRelay: a WebSocket that was opened, from its first frame to its end. Both directions are
// read, judged (websocket/frames.hpp) and written by a coroutine each; the next piece is read when the
// last one was taken. Bytes go on as they came.
//
// How it ends: a Close frame of one side is passed on, and the other's answer too. Who breaks a rule is
// told why (1002, 1007, 1008, 1009), and the other side that its peer is gone. Whoever does not
// finish within `farewell` is cut off.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "gateway/exchange.hpp"
#include "gateway/upstream_exchange.hpp"
#include "gateway/websocket_rules.hpp"
#include "gateway/wheel.hpp"
#include "websocket/frames.hpp"

namespace sallyport::gateway {

class WebSocketRelay final : private Timed {
 public:
  static constexpr std::chrono::milliseconds farewell{5'000};

  // Bodies have been started with what came behind the heads; they end with their connections.
  struct Side {
    BodyReader& body;
    Buffer& buffer;
  };
  WebSocketRelay(Worker& worker, const WebSocketRules& rules, Exchange& client, Side from_client, UpstreamExchange& api,
                 Side from_api);

  // Until both sides have ended.
  [[nodiscard]] Task<> run();

  // What ended it, first of all.
  enum class By : std::uint8_t { nobody, client, api, gateway };
  struct End {
    By by = By::nobody;
    websocket::Violation violation;  // with the code that was sent because of it; of `by`
    std::string_view rule;           // "closed_by_client", or that of the violation
    websocket::CloseCode code = websocket::close_code::none;
  };
  [[nodiscard]] const End& end() const { return end_; }
  [[nodiscard]] std::uint64_t messages_from_client() const { return to_api_.frames.messages(); }
  [[nodiscard]] std::uint64_t messages_from_api() const { return to_client_.frames.messages(); }
  [[nodiscard]] std::uint64_t bytes_to_client() const { return to_client_.sent; }

 private:
  // One direction: from its source to its target.
  struct Way {
    Way(By by, Side from, websocket::Sender sender, std::uint64_t max_message)
        : source(by), side(from), frames(sender, max_message) {}
    By source;
    Side side;
    websocket::FrameReader frames;
    std::uint64_t sent = 0;
    websocket::CloseCode wanted = websocket::close_code::none;  // to be said at the end of the frame under way
    bool whole = true;                                          // what was sent ends with a whole frame
    bool sending = false;
    bool sealed = false;  // nothing more may be sent this way
    bool ended = false;   // nothing more is read from the source
  };
  class Leaving;

  Task<> pump(Way& way);
  Task<bool> take(Way& way, std::string_view piece);
  [[nodiscard]] Task<IoStatus> read(Way& way);
  [[nodiscard]] Task<bool> send(Way& way, std::string_view bytes);
  Task<> say_close(Way& way, websocket::CloseCode code);
  Task<> leave_by_own(std::string_view rule);
  [[nodiscard]] bool spend(std::uint32_t cost);
  void note_end(By by, std::string_view rule, websocket::CloseCode code);
  void say_farewell();
  void cut(Way& way);  // its target
  void cut_off();
  void left();
  void expired() override;
  [[nodiscard]] Way& other(const Way& way) { return &way == &to_api_ ? to_client_ : to_api_; }

  Worker& worker_;
  const WebSocketRules& rules_;
  Exchange& client_;
  UpstreamExchange& api_;
  Way to_api_;
  Way to_client_;
  End end_;
  std::chrono::milliseconds last_life_{};
  std::chrono::milliseconds refilled_{};
  std::chrono::milliseconds cut_at_{};  // 0: nobody is leaving
  std::uint64_t tokens_;                // thousandths of a message that the client may send now
  unsigned active_ = 0;                 // coroutines that have not ended
  Signal ended_;
};

}  // namespace sallyport::gateway
