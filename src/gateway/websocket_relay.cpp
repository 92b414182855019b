#include "gateway/websocket_relay.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

using websocket::CloseCode;
namespace close_code = websocket::close_code;

constexpr std::chrono::milliseconds look{1'000};  // how often idleness and the end of the program are looked for

}  // namespace

// Counts a coroutine that works for the relay; the last one lets run() end.
class WebSocketRelay::Leaving {
 public:
  explicit Leaving(WebSocketRelay& relay) : relay_(relay) {}
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;
  ~Leaving() { relay_.left(); }

 private:
  WebSocketRelay& relay_;
};

WebSocketRelay::WebSocketRelay(Worker& worker, const WebSocketRules& rules, Exchange& client, Side from_client,
                               UpstreamExchange& api, Side from_api)
    : worker_(worker),
      rules_(rules),
      client_(client),
      api_(api),
      to_api_(By::client, from_client, websocket::Sender::client, rules.max_message()),
      // What the API sends is bounded by no limit of ours: it is streamed.
      to_client_(By::api, from_api, websocket::Sender::server, ~std::uint64_t{0} >> 1u),
      last_life_(worker.wheel().now()),
      refilled_(last_life_),
      tokens_(std::uint64_t{rules.messages_per_second()} * 1000) {}

Task<> WebSocketRelay::run() {
  worker_.wheel().arm(*this, look);
  active_ = 2;
  worker_.spawn(pump(to_client_));
  worker_.spawn(pump(to_api_));
  while (active_ != 0) co_await ended_;
  worker_.wheel().disarm(*this);
}

void WebSocketRelay::left() {
  if (--active_ == 0) ended_.raise();
}

Task<IoStatus> WebSocketRelay::read(Way& way) {
  if (way.source == By::client) return client_.read_body(way.side.body, way.side.buffer);
  return api_.read_body(way.side.body, way.side.buffer);
}

Task<bool> WebSocketRelay::send(Way& way, std::string_view bytes) {
  IoStatus status = IoStatus::ok;
  if (way.source == By::client) {
    status = api_.send(bytes, false);
    if (status == IoStatus::idle) status = co_await api_.finish();
  } else {
    status = client_.send(bytes, false);
    if (status == IoStatus::idle) status = co_await client_.finish();
  }
  if (status == IoStatus::ok) way.sent += bytes.size();
  co_return status == IoStatus::ok;
}

Task<> WebSocketRelay::pump(Way& way) {
  const Leaving leaving(*this);
  while (true) {
    const auto piece = way.side.body.next();
    if (piece && piece->need_more) {
      if (co_await read(way) != IoStatus::ok) break;
      continue;
    }
    if (!piece || (!piece->data.empty() && !co_await take(way, piece->data)) || piece->last) break;
  }
  way.ended = true;
  if (way.wanted != close_code::none) {
    way.wanted = close_code::none;
    way.sealed = true;  // the frame under way will never end
  }
  if (end_.by == By::nobody) {
    const bool client = way.source == By::client;
    note_end(way.source, client ? "client_gone" : "api_gone", close_code::none);
    // The source is gone: it hears nothing more, the other side that it left.
    other(way).sealed = true;
    co_await say_close(way, client ? close_code::going_away : close_code::internal_error);
  }
  // It left without an answer to a Close frame: who sent that is answered all the same.
  if (!way.sealed) co_await say_close(way, end_.code != close_code::none ? end_.code : close_code::normal);
  if (!way.whole) cut(way);  // half a frame can be followed by nothing
  if (!other(way).ended) say_farewell();
}

// False when nothing more is to be read from the source.
Task<bool> WebSocketRelay::take(Way& way, std::string_view piece) {
  last_life_ = worker_.wheel().now();
  auto seen = way.frames.take(piece);
  if (way.source == By::client && !spend(seen.cost)) {
    // None of the piece went on, so what did still ends where it ended before.
    seen = {};
    seen.violation = {close_code::policy_violation, "message_rate", "more messages than messages_per_second"};
  } else if (!way.sealed) {
    way.sealed = seen.closed;
    const bool last = way.wanted != close_code::none && seen.whole != 0;
    if (last) seen.go_on = seen.go_on.substr(0, seen.whole);
    way.sending = true;
    const bool sent = (seen.before.empty() || co_await send(way, seen.before)) &&
                      (seen.go_on.empty() || co_await send(way, seen.go_on));
    way.sending = false;
    way.whole = last || way.frames.at_boundary();
    if (!sent) {
      way.sealed = true;
      cut(way);
      co_return true;  // the reader of that side finds it gone
    }
    if (way.wanted != close_code::none) co_await say_close(way, way.wanted);
  }
  if (seen.violation.code != close_code::none) {
    const bool client = way.source == By::client;
    if (end_.by == By::nobody) {
      note_end(way.source, seen.violation.rule, seen.violation.code);
      end_.violation = seen.violation;
    }
    co_await say_close(other(way), seen.violation.code);
    co_await say_close(way, client ? close_code::going_away : close_code::internal_error);
    co_return false;
  }
  if (seen.closed) {
    note_end(way.source, way.source == By::client ? "closed_by_client" : "closed_by_api", way.frames.close_said());
    co_return false;
  }
  co_return true;
}

// Ends a direction with a Close frame of our own, now or behind the frame that is under way.
Task<> WebSocketRelay::say_close(Way& way, CloseCode code) {
  if (way.sealed) co_return;
  if (way.sending || !way.whole) {
    if (way.ended && !way.sending) {
      way.sealed = true;
    } else {
      way.wanted = code;
    }
    co_return;
  }
  way.sealed = true;
  way.wanted = close_code::none;
  websocket::CloseFrame frame{};
  const std::string_view bytes = way.source == By::client
                                     ? websocket::write_close(frame, code, random_value<websocket::MaskKey>())
                                     : websocket::write_close(frame, code);
  way.sending = true;
  static_cast<void>(co_await send(way, bytes));
  way.sending = false;
}

// The gateway itself wants to end it.
Task<> WebSocketRelay::leave_by_own(std::string_view rule) {
  const Leaving leaving(*this);
  note_end(By::gateway, rule, close_code::going_away);
  say_farewell();
  co_await say_close(to_client_, close_code::going_away);
  co_await say_close(to_api_, close_code::going_away);
}

// A second's worth at most.
bool WebSocketRelay::spend(std::uint32_t cost) {
  const std::uint64_t most = std::uint64_t{rules_.messages_per_second()} * 1000;
  const std::chrono::milliseconds now = worker_.wheel().now();
  const auto earned = static_cast<std::uint64_t>((now - refilled_).count()) * rules_.messages_per_second();
  refilled_ = now;
  tokens_ = std::min(most, tokens_ + earned);
  const std::uint64_t price = std::uint64_t{cost} * 1000;
  if (price > tokens_) return false;
  tokens_ -= price;
  return true;
}

void WebSocketRelay::note_end(By by, std::string_view rule, CloseCode code) {
  if (end_.by != By::nobody) return;
  end_.by = by;
  end_.rule = rule;
  end_.code = code;
}

void WebSocketRelay::say_farewell() {
  if (cut_at_.count() == 0) cut_at_ = worker_.wheel().now() + farewell;
}

void WebSocketRelay::cut(Way& way) {
  if (way.source == By::client) {
    api_.close();
  } else {
    client_.stop_body(false);
  }
}

void WebSocketRelay::cut_off() {
  to_api_.sealed = to_client_.sealed = true;
  cut(to_client_);
  cut(to_api_);
}

void WebSocketRelay::expired() {
  const std::chrono::milliseconds now = worker_.wheel().now();
  worker_.wheel().arm(*this, look);
  if (cut_at_.count() != 0) {
    if (now >= cut_at_) cut_off();
    return;
  }
  const bool idle = now - last_life_ >= rules_.idle();
  if (!idle && !worker_.draining()) return;
  ++active_;
  worker_.spawn(leave_by_own(idle ? "idle" : "draining"));
}

}  // namespace sallyport::gateway
