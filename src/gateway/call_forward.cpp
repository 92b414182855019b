// Call, the upstream's side: head and body to the upstream, the head of its answer back.
#include <algorithm>
#include <charconv>

#include "base/address.hpp"
#include "gateway/call.hpp"
#include "gateway/http2_request.hpp"
#include "gateway/problem.hpp"
#include "gateway/worker.hpp"
#include "http/head.hpp"

namespace sallyport::gateway {
namespace {

bool is_idempotent(Method method) {
  switch (method) {
    case Method::get:
    case Method::head:
    case Method::put:
    case Method::delete_:
    case Method::options:
    case Method::trace:
      return true;
    case Method::post:
    case Method::patch:
    case Method::connect:
    case Method::other:
      return false;
  }
  return false;
}

// traceparent of W3C Trace Context §3.2: lower-case hexadecimal, not all zero.
bool is_traceparent(std::string_view value) {
  if (value.size() != 55 || !value.starts_with("00-") || value[35] != '-' || value[52] != '-') return false;
  bool trace = false, span = false;
  for (std::size_t i = 3; i < 55; ++i) {
    if (i == 35 || i == 52) continue;
    const char c = value[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    if (i < 35) trace |= c != '0';
    if (i > 35 && i < 52) span |= c != '0';
  }
  return trace && span;
}

}  // namespace

// Removes from the request what only the gateway may say, and says it.
void Call::state_own_fields() {
  const Field* trace = request_.fields.find(FieldName::traceparent);
  const bool traced = trace != nullptr && is_traceparent(trace->value);
  if (!traced) {
    request_.fields.remove(FieldName::traceparent);
    request_.fields.remove(FieldName::tracestate);
  }
  for (const FieldName name : {FieldName::x_request_id, FieldName::x_forwarded_for, FieldName::x_forwarded_proto,
                               FieldName::x_forwarded_host}) {
    request_.fields.remove(name);
  }
  // APIs take these for what a TLS terminator verified (RFC 9440 §3, and Envoy's).
  for (const char* name : {"Client-Cert", "Client-Cert-Chain", "X-Forwarded-Client-Cert"}) request_.fields.remove(name);
  if (grpc_web_) {
    request_.fields.remove(FieldName::te);
    // With no room for them the API refuses the call by itself.
    static_cast<void>(request_.fields.set("Content-Type", grpc_web_.upstream_type(transaction_.arena())));
    static_cast<void>(request_.fields.append("TE", "trailers", FieldName::te));
  }
  own_fields_ = {{{"X-Request-ID", id(), FieldName::x_request_id, false},
                  {"X-Forwarded-For", exchange_->client().text, FieldName::x_forwarded_for, false},
                  {"X-Forwarded-Proto", request_.https ? "https" : "http", FieldName::x_forwarded_proto, false},
                  {"X-Forwarded-Host", request_.host, FieldName::x_forwarded_host, false},
                  {"traceparent", {}, FieldName::traceparent, traced}}};
  if (!traced) {
    // The call's id without its dashes is the trace id; its random half is the span id.
    std::array<char, 32> trace_id{};
    std::ranges::copy_if(id(), trace_id.begin(), [](char c) { return c != '-'; });
    const std::string_view digits{trace_id.data(), trace_id.size()};
    own_fields_.back().value = transaction_.arena().concat("00-", digits, "-", digits.substr(16), "-00");
  }
  if (upstream_config_->preserve_host) {
    host_out_ = request_.host;
    if (request_.port != 0) {
      std::array<char, 5> port{};
      const char* end = std::to_chars(port.data(), port.data() + port.size(), request_.port).ptr;
      host_out_ = transaction_.arena().concat(
          request_.host, ":", std::string_view{port.data(), static_cast<std::size_t>(end - port.data())});
    }
  }
}

UpstreamHead Call::upstream_head() {
  BodyPlan plan{request_.framing, request_.content_length};
  if (plan.framing != Framing::none && request_complete_) plan = {Framing::length, ready_.size()};
  return {request_, host_out_, own_fields_, plan, websocket_.rules() != nullptr};
}

// One of the target's kept connections, or a new one.
Task<IoStatus> Call::open_upstream(bool may_reuse) {
  WorkerStats& stats = worker_->own_stats();
  IoStatus status = IoStatus::ok;
  if (target_->http2) {
    Http2Origin* origin = co_await worker_->http2_upstreams().get(*target_, upstream_config_->connect_timeout, status);
    if (origin == nullptr) co_return status;
    stats.upstream_reuses.fetch_add(1, std::memory_order_relaxed);
    http2_ = std::make_unique<Http2Request>(*origin, target_->tls != nullptr, transaction_.arena(), response_,
                                            upstream_config_->timeout);
    upstream_ = http2_.get();
    co_return IoStatus::ok;
  }
  auto connection = may_reuse ? worker_->upstreams().take(*target_) : nullptr;
  if (connection) {
    stats.upstream_reuses.fetch_add(1, std::memory_order_relaxed);
  } else {
    connection = co_await worker_->upstreams().connect(*target_, upstream_config_->connect_timeout, status);
    if (!connection) co_return status;
    stats.upstream_connects.fetch_add(1, std::memory_order_relaxed);
  }
  http1_.open(*worker_, *target_, std::move(connection), upstream_config_->timeout);
  upstream_ = &http1_;
  co_return IoStatus::ok;
}

// With `whole` the connection can carry another call. What trailers say stays readable.
void Call::release_upstream(bool whole) {
  if (upstream_ != nullptr) std::exchange(upstream_, nullptr)->release(whole);
  give_target_back();
}

Task<Call::Step> Call::forward() {
  if (abandoned_) co_return Step::broken;
  state_own_fields();
  const std::shared_ptr<const Mirror>& mirror = upstream_config_->mirror;
  if (!take_target() && !co_await wait_for_target()) co_return co_await fail_without_target();
  if (mirror != nullptr) send_copy(mirror);
  Step step = co_await send_request(true);
  if (step != Step::go_on) co_return step;
  step = websocket_.rules() != nullptr ? co_await open_websocket() : co_await answer();
  // The upload ends with the call, whoever ended it.
  if (uploading_) {
    close_client_ = true;
    upstream_->close();
    exchange_->stop_body(false);
    co_await upload_ended();
  }
  co_return step;
}

// One attempt. A second one on a fresh connection when the kept one turned out to be closed and nothing can have
// happened twice; further ones at other targets.
Task<Call::Step> Call::send_request(bool may_reuse) {
  IoStatus status = co_await open_upstream(may_reuse);
  if (status != IoStatus::ok) {
    if (status == IoStatus::idle) co_return co_await fail_upstream(status, "no_descriptor");
    if (!abandoned_ && take_other_target()) co_return co_await send_again(true);
    co_return co_await fail_upstream(status, "upstream_connect");
  }
  if (abandoned_) co_return Step::broken;
  if (!upstream_->begin_request(upstream_head())) {
    co_return co_await deny_by_http({431, "head_limit", "the head grew too long"});
  }
  sent_us_ = wall_clock_us();
  status = upstream_->send(ready_, request_complete_);
  if (status == IoStatus::idle) status = co_await upstream_->finish();
  if (status != IoStatus::ok) {
    if (may_reuse && can_repeat(status)) co_return co_await send_again(false);
    if (can_move_on(status) && take_other_target()) co_return co_await send_again(true);
    co_return co_await fail_upstream(status, "upstream_send");
  }
  if (!request_complete_) {
    uploading_ = true;
    worker_->spawn(upload());
  }
  status = co_await upstream_->read_head(request_.method, response_, out_body_);
  if (status == IoStatus::ok) {
    transaction_.event().upstream_us =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, wall_clock_us() - sent_us_));
    target_answered();
    co_return Step::go_on;
  }
  if (uploading_) {
    upstream_->close();
    exchange_->stop_body(true);
    co_await upload_ended();
  }
  if (!upload_refusal_.rule.empty()) co_return co_await deny_by_http(upload_refusal_);
  if (may_reuse && can_repeat(status)) co_return co_await send_again(false);
  if (upload_status_ != IoStatus::ok && upload_status_ != IoStatus::idle) {
    co_return co_await body_did_not_come(upload_status_);
  }
  if (can_move_on(status) && take_other_target()) co_return co_await send_again(true);
  const std::string_view rule = upstream_->broken_rule();
  co_return co_await fail_upstream(status, rule.empty() ? "upstream_answer" : rule);
}

Task<Call::Step> Call::send_again(bool may_reuse) {
  if (upstream_ != nullptr) std::exchange(upstream_, nullptr)->release(false);
  return send_request(may_reuse);
}

// To the same target, for it did nothing with the request, or has very likely not seen it.
bool Call::can_repeat(IoStatus status) const {
  if (abandoned_ || status == IoStatus::timed_out || !request_complete_) return false;
  return upstream_->is_unprocessed() || (upstream_->is_lost_on_kept_connection() && is_idempotent(request_.method));
}

// To another target: this one did nothing with the request, or it may do it twice and the budget allows that
// (RFC 9110 §9.2.2). Not for an answer that broke the rules, nor when time is used up.
bool Call::can_move_on(IoStatus status) const {
  if (!may_try_another() || abandoned_ || status == IoStatus::timed_out || !request_complete_) return false;
  if (upstream_->is_unprocessed()) return true;
  if (!is_idempotent(request_.method) || !upstream_->broken_rule().empty()) return false;
  return upstream_config_->group->budget().take();
}

// The rest of a long body, while the answer is awaited. A client that stalls is cut by the body
// time-out, one that trickles by the minimum rate, unless it is a gRPC stream, which may rest.
Task<> Call::upload() {
  if (!in_buffer_ || in_buffer_.size() != BufferPool::large) {
    Buffer larger = worker_->buffers().take(BufferPool::large);
    in_body_.move_pending(larger);
    held_copy_ = std::string(held_back_);
    in_buffer_ = std::move(larger);
  } else {
    held_copy_ = std::string(held_back_);
  }
  const std::int64_t began = wall_clock_us();
  std::string_view data = held_copy_;
  while (true) {
    const bool last = in_body_.done();
    if (!data.empty() || last) {
      upload_status_ = upstream_->send(data, last);
      if (upload_status_ == IoStatus::idle) upload_status_ = co_await upstream_->finish();
      if (upload_status_ != IoStatus::ok) {
        upload_status_ = IoStatus::idle;  // the upstream's doing: its answer says why
        break;
      }
    }
    if (last) break;
    auto piece = in_body_.next();
    if (piece && piece->need_more) {
      const std::int64_t elapsed = (wall_clock_us() - began) / 1'000'000;
      if (elapsed > 5 && !grpc_ &&
          in_body_.total() < static_cast<std::uint64_t>(elapsed - 5) * exchange_->client().listener->min_body_rate) {
        upload_status_ = IoStatus::timed_out;
      } else {
        upload_status_ = co_await ask_client_for_body();
      }
      if (upload_status_ != IoStatus::ok) break;
      piece = in_body_.next();
    }
    if (!piece) {
      upload_refusal_ = piece.error();
      break;
    }
    data = piece->data;
  }
  // An unfinished request must not look finished: its connection ends.
  const bool whole = in_body_.done() && upload_status_ == IoStatus::ok && upload_refusal_.rule.empty();
  if (!whole && upload_status_ != IoStatus::idle) upstream_->close();
  if (!whole) close_client_ = true;
  uploading_ = false;
  upload_end_.raise();
}

Task<> Call::upload_ended() {
  if (uploading_) co_await upload_end_;
}

Task<Call::Step> Call::fail_upstream(IoStatus status, std::string_view rule) {
  if (abandoned_ && !uploading_) co_return Step::broken;  // it failed because the client had left
  if (!abandoned_ && status != IoStatus::idle) target_failed();
  Event& event = transaction_.event();
  event.outcome = Outcome::failed;
  event.control = "upstream";
  const bool late = status == IoStatus::timed_out;
  event.reason = {rule, late                         ? "the upstream did not answer in time"
                        : status == IoStatus::idle   ? "the gateway has no descriptor or port left to ask it by"
                        : status == IoStatus::closed ? "the upstream closed the connection"
                                                     : "the upstream could not be reached or broke the rules"};
  if (uploading_) {
    upstream_->close();  // forward() waits for the upload's end
  } else {
    release_upstream(false);
  }
  if (!request_complete_) close_client_ = true;
  co_return co_await send_problem(problem_of_refusal(late ? 504 : 502));
}

}  // namespace sallyport::gateway
