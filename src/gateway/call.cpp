// Call, the client's side up to the decision: begin, verdicts, refusals, the event.
#include "gateway/call.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

#include "engine/driver_rules.hpp"
#include "engine/provider.hpp"
#include "gateway/grpc.hpp"
#include "gateway/http2_request.hpp"
#include "gateway/look_up.hpp"
#include "gateway/problem.hpp"
#include "gateway/redis.hpp"
#include "gateway/worker.hpp"
#include "http/head.hpp"

namespace sallyport::gateway {

std::int64_t wall_clock_us() {
  timespec now{};
  static_cast<void>(::clock_gettime(CLOCK_REALTIME, &now));
  return now.tv_sec * std::int64_t{1'000'000} + now.tv_nsec / 1000;
}

Call::Call() = default;
Call::~Call() = default;

CallLease::CallLease(Worker& worker) : worker_(worker), call_(worker.take_call()) {}

CallLease::~CallLease() {
  call_->reset();
  worker_.give_call(std::move(call_));
}

void Call::reset() {
  release_upstream(false);
  give_target_back();
  http1_.reset();
  http2_.reset();
  snapshot_.reset();
  in_buffer_.release();
  out_buffer_.release();
  request_body_.release();
  gathered_.release();
  exchange_ = nullptr;
  target_ = nullptr;
  tried_count_ = 0;
  upstream_config_ = nullptr;
  gathered_size_ = 0;
  ready_ = host_out_ = {};
  own_fields_ = {};
  request_complete_ = request_chunked_ = answering_ = false;
  close_client_ = published_ = uploading_ = uninspected_ = abandoned_ = grpc_ = false;
  held_back_ = held_out_ = first_piece_ = {};
  held_copy_.clear();
  upload_refusal_ = http::Refusal{};
  upload_status_ = IoStatus::ok;
  websocket_.reset();
  grpc_web_ = {};
  web_answer_ = false;
  web_piece_.clear();
}

void Call::begin(Exchange& exchange) {
  exchange_ = &exchange;
  worker_ = &exchange.client().worker;
  snapshot_ = worker_->snapshot();
  start_us_ = wall_clock_us();
  worker_->own_stats().calls.fetch_add(1, std::memory_order_relaxed);
}

// Everything about the event that the engine does not know; then it goes into the ring. Called
// before the last byte of the answer is handed to the kernel (docs/decisions/0002).
void Call::publish() {
  if (published_) return;
  published_ = true;
  Event& event = transaction_.event();
  transaction_.end();
  event.duration_us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, wall_clock_us() - start_us_));
  event.bytes_in = in_body_.total();
  if (target_ != nullptr) event.upstream = target_->address_text;
  worker_->recorder().publish(event);
}

bool Call::can_keep_client() const {
  return !close_client_ && request_.keep_alive && !worker_->draining() && !exchange_->is_last();
}

Task<Call::Left> Call::run(Exchange& exchange, std::string_view head, std::string_view behind) {
  begin(exchange);
  const Client& client = exchange.client();
  auto read =
      http::read_request_head(head, client.connection.tls, client.listener->head, transaction_.fresh_arena(), request_);
  return serve(std::move(read), Body{request_.framing, behind, false});
}

Call::Blank Call::open(Exchange& exchange) {
  begin(exchange);
  return {transaction_.fresh_arena(), request_};
}

void Call::abandon() {
  abandoned_ = true;
  if (upstream_ != nullptr) upstream_->close();
}

Task<Call::Left> Call::serve(http::Checked<void> head, Body body) {
  const Connection& connection = exchange_->client().connection;
  if (!head) {
    transaction_.begin_refused(*snapshot_->policy, connection, &request_, Clock{start_us_});
    stamp();
    in_body_.start(Framing::none, 0, {}, 0);
    co_await deny_by_http(head.error());
    co_return Left{false, {}, true};
  }
  transaction_.begin(*snapshot_->policy, connection, request_, Clock{start_us_});
  stamp();
  grpc_ = is_grpc(request_);
  const Route& route = transaction_.route();
  if (route.api != nullptr) upstream_config_ = &snapshot_->upstreams[route.api->index];
  if (upstream_config_ != nullptr && upstream_config_->grpc_web) grpc_web_ = grpc_web_of(request_);
  const WebSocketRules* const rules = upstream_config_ != nullptr ? upstream_config_->websocket.get() : nullptr;
  if (rules != nullptr && asks_for_websocket(request_) && rules->declares(request_.path)) websocket_.begin(*rules);
  const std::uint64_t limit = upstream_config_ != nullptr ? upstream_config_->max_request_body : 0;
  // What follows an extended CONNECT is no body (RFC 8441 §5).
  const bool connects = request_.version.major == 2 && asks_for_websocket(request_);
  in_body_.start(connects ? Framing::none : body.framing, request_.content_length, body.at_hand, limit);
  if (body.whole) in_body_.end();

  Step step = co_await decide();
  if (step == Step::go_on) {
    if (in_body_.done() && transaction_.wants_request_body() == 0) {
      request_complete_ = true;
    } else {
      step = co_await gather_request_body();
    }
  }
  if (step == Step::go_on) step = co_await forward();
  if (step == Step::broken) {
    complete();
    co_return Left{false, {}, false};
  }
  const bool keep = can_keep_client() && in_body_.done() && !uploading_;
  co_return Left{keep, in_body_.done() ? in_body_.rest() : std::string_view{}, !keep && !in_body_.done()};
}

// The call ends without a whole answer.
void Call::complete() {
  Event& event = transaction_.event();
  if (!published_ && event.outcome != Outcome::denied && event.reason.rule.empty()) {
    event.outcome = Outcome::aborted;
    event.control = "http";
    event.reason = {"client_aborted", "the client or a deadline ended the call"};
  }
  publish();
}

void Call::stamp() {
  transaction_.event().id = worker_->ids().next(start_us_);
  format_uuid(transaction_.event().id, id_text_);
}

Task<> Call::refuse(Exchange& exchange, const http::Refusal& refusal) {
  begin(exchange);
  request_.clear();
  transaction_.begin_refused(*snapshot_->policy, exchange.client().connection, nullptr, Clock{start_us_});
  stamp();
  in_body_.start(Framing::none, 0, {}, 0);
  co_await deny_by_http(refusal);
}

// The engine has filled in who refused and why.
void Call::record_refused_connection(Exchange& exchange) {
  begin(exchange);
  transaction_.event().time_us = start_us_;
  stamp();
  in_body_.start(Framing::none, 0, {}, 0);
  publish();
}

Task<Call::Step> Call::decide() {
  const Route& route = transaction_.route();
  const std::uint64_t max_body = upstream_config_ != nullptr ? upstream_config_->max_request_body : 0;
  if (const auto* refusal = engine::refused_at_entry(exchange_->client().connection, request_, route, max_body)) {
    co_return co_await deny_by_http(*refusal);
  }
  Verdict verdict = transaction_.request_head();
  if (!std::holds_alternative<Pass>(verdict)) {
    const Step step = co_await settle(verdict);
    if (step != Step::go_on) co_return step;
  }
  if (const auto* refusal = engine::refused_without_api(route)) co_return co_await deny_by_http(*refusal);
  if (websocket_.rules() != nullptr) {
    verdict = websocket_.take_request(request_, transaction_.arena());
    if (const auto* denied = std::get_if<Deny>(&verdict)) co_return co_await refuse_websocket(*denied);
  } else if (request_.version.major == 2 && asks_for_websocket(request_)) {
    // An answer to GET would tell such a client that its WebSocket is open.
    co_return co_await refuse_websocket({{501, "not_implemented", "There is no WebSocket at this address", {}, {}, {}},
                                         {"not_declared", "no path of `websocket` is like this one"}});
  }
  co_return Step::go_on;
}

// Verdicts of the request phases.
Task<Call::Step> Call::settle(Verdict verdict) {
  if (std::holds_alternative<Need>(verdict)) verdict = co_await answered(std::move(verdict));
  if (const auto* denied = std::get_if<Deny>(&verdict)) co_return co_await deny(denied->problem);
  co_return Step::go_on;
}

// Looks up what controls need, until they know.
Task<Verdict> Call::answered(Verdict verdict) {
  while (const auto* need = std::get_if<Need>(&verdict)) {
    const Answer found = co_await look_up(need->lookup);
    verdict = transaction_.resume(found);
  }
  co_return verdict;
}

// What nobody can answer is not found: the control decides what that means.
Task<Answer> Call::look_up(Lookup lookup) {
  if (lookup.provider == engine::Provider::counters) {
    const std::shared_ptr<Redis> redis = worker_->redis();
    if (!redis) co_return Answer{};
    const auto grants = co_await redis->ask(shared::asks_in(lookup.key), transaction_.arena());
    co_return Answer{true, shared::packed(grants)};
  }
  engine::Services* const services = snapshot_->services.get();
  engine::Answerer* const answerer = services != nullptr ? services->lookups().find(lookup.provider) : nullptr;
  const LookUp::Found found =
      co_await LookUp(worker_->reactor(), worker_->wheel(), worker_->mailbox(), answerer, lookup.key);
  co_return Answer{found.found, transaction_.arena().copy(found.value)};
}

Task<Call::Step> Call::deny(const Problem& problem) { co_return co_await send_problem(problem); }

Task<Call::Step> Call::deny_by_http(const http::Refusal& refusal) {
  Event& event = transaction_.event();
  event.outcome = Outcome::denied;
  event.control = "http";
  event.reason = {refusal.rule, refusal.detail};
  if (refusal.status != 404) close_client_ = true;
  Problem problem = problem_of_refusal(refusal.status);
  if (refusal.status == 404) problem = {404, "not_found", "There is nothing at this address", {}, {}, {}};
  co_return co_await send_problem(problem);
}

Task<Call::Step> Call::send_problem(const Problem& problem) {
  if (answering_) co_return Step::broken;  // too late for another answer
  Event& event = transaction_.event();
  event.status = problem.status;
  if (grpc_) co_return co_await send_grpc_problem(problem);
  if (grpc_web_) co_return co_await send_grpc_web_problem(problem);
  std::string_view body = problem_body(problem, id(), transaction_.arena());
  pass_over_body();
  const auto fields = transaction_.arena().array<Field>(4 + problem.fields.size());
  std::size_t count = 0;
  fields[count++] = {"Content-Type", problem_type_for(problem, request_), FieldName::content_type, false};
  fields[count++] = {"Cache-Control", "no-store", FieldName::cache_control, false};
  fields[count++] = {"X-Content-Type-Options", "nosniff", FieldName::other, false};
  if (!problem.extra_name.empty()) fields[count++] = {problem.extra_name, problem.extra_value, FieldName::other, false};
  for (const Edit& field : problem.fields) fields[count++] = {field.name, field.value, FieldName::other, false};
  AnswerHead head{
      problem.status, fields.first(count), id(), {Framing::length, body.size()}, request_.method == Method::head,
      http10(),       !can_keep_client()};
  answering_ = true;
  if (!exchange_->begin_answer(head)) co_return Step::broken;
  if (request_.method == Method::head) body = {};
  event.bytes_out = body.size();
  publish();
  IoStatus status = exchange_->send(body, true);
  if (status == IoStatus::idle) status = co_await exchange_->finish();
  co_return status == IoStatus::ok ? Step::answered : Step::broken;
}

// What of the request's body is at hand; more than that ends the connection.
void Call::pass_over_body() {
  while (!in_body_.done()) {
    const auto piece = in_body_.next();
    if (piece && !piece->need_more) continue;
    close_client_ = true;
    return;
  }
}

// A body that a control wants to judge, and every chunked one that is small, is read as a whole
// first. A small chunked body then goes upstream with a Content-Length: a malformed chunk in it
// is refused before the upstream saw a byte.
Task<Call::Step> Call::gather_request_body() {
  const std::size_t judged = transaction_.wants_request_body();
  // A text is decoded as a whole.
  const std::size_t decoded = grpc_web_.is_text() ? engine::max_whole_request : 0;
  const std::size_t wanted = std::max(judged, decoded);
  const Mirror* const mirror = upstream_config_->mirror.get();
  const bool copied = mirror != nullptr && request_.content_length <= mirror->max_body;
  if (in_body_.done()) {
    request_complete_ = true;
  } else if (in_body_.whole_at_hand(engine::max_whole_body)) {
    const auto piece = in_body_.next();
    if (!piece) co_return co_await deny_by_http(piece.error());
    ready_ = piece->data;
    request_complete_ = true;
  } else if (((in_body_.is_delimited() && !copied) || grpc_) && wanted == 0) {
    // A client of gRPC may wait for an answer before it says more: what is there goes at once.
    const auto piece = in_body_.next();
    if (!piece) co_return co_await deny_by_http(piece.error());
    ready_ = piece->data;
    request_complete_ = piece->last;
  } else {
    const bool small = wanted <= engine::max_whole_request;
    if (!small) co_return co_await deny_by_http({413, "body_limit", "a control wants more than can be held"});
    request_body_ = worker_->buffers().take(BufferPool::large);
    std::size_t size = 0;
    in_buffer_ = worker_->buffers().take(BufferPool::small);
    while (!request_complete_) {
      const auto piece = in_body_.next();
      if (!piece) co_return co_await deny_by_http(piece.error());
      if (size + piece->data.size() > request_body_.size()) {
        if (wanted == 0) {
          held_back_ = piece->data;  // too long to hold: the rest is streamed
          break;
        }
        const std::size_t needed = size + piece->data.size();
        if (needed > wanted) {
          co_return co_await deny_by_http({413, "body_limit", "the body is longer than controls read"});
        }
        // Grows with what arrived, never with what was announced.
        Buffer larger = worker_->buffers().take(std::min(wanted, std::max(needed, 2 * request_body_.size())));
        if (size != 0) std::memcpy(larger.data(), request_body_.data(), size);
        request_body_ = std::move(larger);
      }
      piece->data.copy(request_body_.data() + size, piece->data.size());
      size += piece->data.size();
      request_complete_ = piece->last;
      if (!piece->need_more) continue;
      if (const IoStatus status = co_await ask_client_for_body(); status != IoStatus::ok) {
        co_return co_await body_did_not_come(status);
      }
    }
    ready_ = {request_body_.data(), size};
  }
  request_chunked_ = !request_complete_ && request_.framing == Framing::chunked;
  if (grpc_web_.is_text()) {
    const auto bytes = decode_grpc_web_text(ready_, transaction_.arena());
    if (!bytes) co_return co_await deny_by_http({400, "grpc_web_text", "a text of gRPC-Web that is no base64"});
    ready_ = *bytes;
  }
  if (judged == 0) co_return Step::go_on;
  Verdict verdict = transaction_.request_body(ready_);
  if (std::holds_alternative<Need>(verdict)) verdict = co_await answered(std::move(verdict));
  if (const auto* rewrite = std::get_if<Rewrite>(&verdict); rewrite != nullptr && rewrite->body)
    ready_ = *rewrite->body;
  co_return co_await settle(std::move(verdict));
}

// Reads on; the first time with "100 Continue" for a client that waits for it (RFC 9110 §10.1.1).
Task<IoStatus> Call::ask_client_for_body() {
  if (request_.expect_continue) {
    request_.expect_continue = false;
    const IoStatus status = co_await exchange_->send_continue();
    if (status != IoStatus::ok) co_return status;
  }
  co_return co_await exchange_->read_body(in_body_, in_buffer_);
}

Task<Call::Step> Call::body_did_not_come(IoStatus status) {
  Event& event = transaction_.event();
  event.outcome = Outcome::aborted;
  event.control = "http";
  event.reason = status == IoStatus::timed_out ? Reason{"body_timeout", "the body did not arrive in time"}
                                               : Reason{"client_aborted", "the client closed within the body"};
  co_return Step::broken;
}

}  // namespace sallyport::gateway
