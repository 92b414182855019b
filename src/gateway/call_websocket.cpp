// Call, when it becomes a WebSocket: the answers to its handshake, the relay, and what the event says.
#include <fmt/format.h>

#include "gateway/call.hpp"
#include "gateway/websocket_relay.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::string_view decider = "websocket";  // whom events name

}  // namespace

Task<Call::Step> Call::refuse_websocket(Deny denied) {
  Event& event = transaction_.event();
  event.outcome = Outcome::denied;
  event.control = decider;
  event.reason = denied.reason;
  co_return co_await send_problem(denied.problem);
}

// The API's 101 is judged, and its head goes through the engine like any other.
Task<Call::Step> Call::open_websocket() {
  if (response_.status != 101) {
    // To a client of HTTP/2 any success would say that its WebSocket is open (RFC 8441 §5).
    if (request_.version.major == 2 && response_.status / 100 == 2) {
      co_return co_await fail_upstream(IoStatus::failed, "websocket_upgrade");
    }
    co_return co_await answer();
  }
  if (const std::string_view rule = websocket_.take_answer(response_); !rule.empty()) {
    co_return co_await fail_upstream(IoStatus::failed, rule);
  }
  Event& event = transaction_.event();
  event.status = response_.status;
  event.outcome = Outcome::forwarded;
  Verdict verdict = transaction_.response_head(response_);
  while (std::holds_alternative<Need>(verdict)) verdict = transaction_.resume(Answer{});
  if (const Problem* replaced = replacement(verdict)) co_return co_await replace_answer(*replaced);
  co_return co_await relay_websocket();
}

Task<Call::Step> Call::relay_websocket() {
  close_client_ = true;
  response_.fields.remove(FieldName::x_request_id);
  const std::uint16_t status = request_.version.major == 2 ? 200 : 101;
  AnswerHead head{.status = status, .fields = response_.fields.all(), .id = id(), .plan = {}, .websocket = true};
  if (!exchange_->begin_answer(head)) co_return co_await fail_upstream(IoStatus::failed, "upstream_head");
  answering_ = true;
  IoStatus sent = exchange_->send({}, false);
  if (sent == IoStatus::idle) sent = co_await exchange_->finish();
  if (sent != IoStatus::ok) co_return Step::broken;

  in_body_.start(Framing::until_close, 0, in_body_.rest(), ~std::uint64_t{0});
  WebSocketRelay relay(*worker_, *websocket_.rules(), *exchange_, {in_body_, in_buffer_}, *upstream_,
                       {out_body_, out_buffer_});
  co_await relay.run();

  const WebSocketRelay::End& end = relay.end();
  Event& event = transaction_.event();
  event.bytes_out = relay.bytes_to_client();
  if (end.violation.code != websocket::close_code::none) {
    const bool client = end.by == WebSocketRelay::By::client;
    event.outcome = client ? Outcome::denied : Outcome::failed;
    event.control = client ? decider : "upstream";
    event.reason = {end.violation.rule, end.violation.detail};
  }
  const std::string told = fmt::format("close code {}; {} messages from the client, {} from the API", end.code,
                                       relay.messages_from_client(), relay.messages_from_api());
  if (event.note_count < Event::max_notes) {
    event.notes[event.note_count++] = {decider, Note::Action::noted, {end.rule, transaction_.arena().copy(told)}};
  }
  publish();
  release_upstream(false);
  if (exchange_->send({}, true) == IoStatus::idle) static_cast<void>(co_await exchange_->finish());
  co_return Step::answered;
}

}  // namespace sallyport::gateway
