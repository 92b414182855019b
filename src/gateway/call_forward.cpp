// Call, the upstream's side: head and body to the upstream, the head of its answer back.
#include <algorithm>
#include <cstring>

#include "base/address.hpp"
#include "gateway/call.hpp"
#include "gateway/problem.hpp"
#include "gateway/worker.hpp"
#include "http/head.hpp"

namespace sallyport::gateway {
namespace {

constexpr int max_interim = 8;  // 1xx answers before the final one

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

// Head of the request as it goes upstream: the canonical target, the fields that are left, and
// what the gateway itself says.
bool Call::write_request_head() {
  const Upstream& upstream = *upstream_config_;
  const std::size_t bound = request_.method_token.size() + request_.path.size() + request_.query.size() +
                            request_.host.size() + wire_size(request_.fields.all()) + 1024;
  head_out_ = worker_->buffers().take(bound <= BufferPool::small ? BufferPool::small : BufferPool::large);
  HeadWriter head(head_out_.data(), head_out_.size());
  head.put(request_.method_token);
  head.put(" ");
  head.put(request_.path);
  if (request_.has_query) {
    head.put("?");
    head.put(request_.query);
  }
  head.put(" HTTP/1.1\r\nHost: ");
  if (upstream.preserve_host) {
    head.put(request_.host);
    if (request_.port != 0) {
      head.put(":");
      head.number(request_.port);
    }
  } else {
    head.put(upstream.host);
  }
  head.put("\r\n");

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
  head.fields(request_.fields.all());
  head.field("X-Request-ID", id());
  head.field("X-Forwarded-For", exchange_->client().text);
  head.field("X-Forwarded-Proto", request_.https ? "https" : "http");
  head.field("X-Forwarded-Host", request_.host);
  if (!traced) {
    // The call's id without its dashes is the trace id; its random half is the span id.
    std::array<char, 32> trace_id{};
    std::ranges::copy_if(id(), trace_id.begin(), [](char c) { return c != '-'; });
    const std::string_view digits{trace_id.data(), trace_id.size()};
    head.put("traceparent: 00-");
    head.put(digits);
    head.put("-");
    head.put(digits.substr(16));
    head.put("-00\r\n");
  }
  if (request_.framing != Framing::none) {
    if (request_chunked_) {
      head.framing({Framing::chunked, 0});
    } else if (request_complete_) {
      head.framing({Framing::length, ready_.size()});
    } else {
      head.framing({Framing::length, request_.content_length});
    }
  }
  head.end();
  head_text_ = head.text();
  return !head.full();
}

Task<Call::Step> Call::forward() {
  if (abandoned_) co_return Step::broken;
  if (upstream_config_->targets.empty()) co_return co_await fail_upstream(IoStatus::failed, "no_target");
  if (!write_request_head()) co_return co_await deny_by_http({431, "head_limit", "the head grew too long"});
  target_ = &upstream_config_->targets[worker_->next_turn() % upstream_config_->targets.size()];
  Step step = co_await send_request(true);
  if (step != Step::go_on) co_return step;
  step = co_await answer();
  // The upload ends with the call, whoever ended it.
  if (uploading_) {
    close_client_ = true;
    upstream_->stream.close();
    exchange_->stop_body(false);
    co_await upload_ended();
  }
  co_return step;
}

// One attempt; a second one on a fresh connection when the kept one turned out to be closed and
// nothing can have happened twice.
Task<Call::Step> Call::send_request(bool may_retry) {
  upstream_ = may_retry ? worker_->upstreams().take(*target_) : nullptr;
  if (upstream_) {
    worker_->own_stats().upstream_reuses.fetch_add(1, std::memory_order_relaxed);
  } else {
    IoStatus status = IoStatus::ok;
    upstream_ = co_await worker_->upstreams().connect(*target_, upstream_config_->connect_timeout, status);
    if (!upstream_) co_return co_await fail_upstream(status, "upstream_connect");
    worker_->own_stats().upstream_connects.fetch_add(1, std::memory_order_relaxed);
    if (abandoned_) co_return Step::broken;
  }
  sent_us_ = wall_clock_us();
  Stream& stream = upstream_->stream;
  stream.deadline(upstream_config_->timeout);
  char line[20];
  const bool chunk = request_chunked_ && !ready_.empty();
  Parts parts{head_text_, chunk ? chunk_line(ready_.size(), line) : std::string_view{}, ready_,
              chunk ? std::string_view{"\r\n"} : std::string_view{}};
  IoStatus status = stream.send(parts);
  if (status == IoStatus::ok && !is_empty(parts)) status = co_await stream.finish(parts);
  if (status != IoStatus::ok) {
    if (may_retry && can_retry(status)) co_return co_await send_request(false);
    co_return co_await fail_upstream(status, "upstream_send");
  }
  if (!request_complete_) {
    uploading_ = true;
    worker_->spawn(upload());
  }
  status = co_await read_answer_head();
  if (status == IoStatus::ok) co_return Step::go_on;
  if (uploading_) {
    upstream_->stream.close();
    exchange_->stop_body(true);
    co_await upload_ended();
  }
  if (!upload_refusal_.rule.empty()) co_return co_await deny_by_http(upload_refusal_);
  if (may_retry && can_retry(status)) co_return co_await send_request(false);
  if (upload_status_ != IoStatus::ok && upload_status_ != IoStatus::idle) {
    co_return co_await body_did_not_come(upload_status_);
  }
  co_return co_await fail_upstream(status, answer_rule_.empty() ? "upstream_answer" : answer_rule_);
}

bool Call::can_retry(IoStatus status) const {
  return !abandoned_ && status != IoStatus::timed_out && upstream_->reused && answer_bytes_ == 0 && request_complete_ &&
         is_idempotent(request_.method);
}

// The rest of a long body, while the answer is awaited. A client that stalls is cut by the body
// time-out, one that trickles by the minimum rate.
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
  char line[20];
  while (true) {
    const bool last = in_body_.done();
    if (!data.empty() || last) {
      Parts parts{};
      if (!request_chunked_) {
        parts = {data, {}, {}, {}};
      } else {
        const std::string_view ending = last ? std::string_view{"\r\n0\r\n\r\n"} : std::string_view{"\r\n"};
        parts = data.empty() ? Parts{"0\r\n\r\n", {}, {}, {}} : Parts{chunk_line(data.size(), line), data, ending, {}};
      }
      upstream_->stream.deadline(upstream_config_->timeout);
      upload_status_ = upstream_->stream.send(parts);
      if (upload_status_ == IoStatus::ok && !is_empty(parts)) upload_status_ = co_await upstream_->stream.finish(parts);
      if (upload_status_ != IoStatus::ok) {
        upload_status_ = IoStatus::idle;  // the upstream's doing: its answer says why
        break;
      }
    }
    if (last) break;
    auto piece = in_body_.next();
    if (piece && piece->need_more) {
      const std::int64_t elapsed = (wall_clock_us() - began) / 1'000'000;
      if (elapsed > 5 &&
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
  if (!whole && upload_status_ != IoStatus::idle) upstream_->stream.close();
  if (!whole) close_client_ = true;
  uploading_ = false;
  upload_end_.raise();
}

Task<> Call::upload_ended() {
  if (uploading_) co_await upload_end_;
}

// Reads the head of the final answer into response_; what came behind it is left in the buffer.
Task<IoStatus> Call::read_answer_head() {
  Stream& stream = upstream_->stream;
  answer_bytes_ = 0;
  answer_rule_ = {};
  http::HeadEnd end;
  std::size_t size = 0;
  std::size_t begin = 0;
  answer_head_ = worker_->buffers().take(BufferPool::small);
  const http::HeadLimits limits;
  for (int interim = 0; interim <= max_interim;) {
    const std::string_view unread{answer_head_.data() + begin, size - begin};
    const auto found = end.find(unread, limits.head);
    if (!found) {
      answer_rule_ = found.error().rule;
      co_return IoStatus::failed;
    }
    if (*found == http::HeadEnd::need_more) {
      if (size == answer_head_.size()) {
        if (size == BufferPool::large) co_return IoStatus::failed;
        Buffer larger = worker_->buffers().take(BufferPool::large);
        std::memcpy(larger.data(), answer_head_.data(), size);
        answer_head_ = std::move(larger);
      }
      stream.deadline(upstream_config_->timeout);
      co_await stream.readable();
      const std::span<char> room{answer_head_.data() + size, answer_head_.size() - size};
      Io io = stream.read_now(room);
      if (io.status == IoStatus::idle) io = co_await stream.read_some(room);
      if (io.status != IoStatus::ok) co_return io.status;
      size += io.bytes;
      answer_bytes_ += io.bytes;
      continue;
    }
    if (const auto read = http::read_response_head(unread.substr(0, *found), request_.method, limits, response_);
        !read) {
      answer_rule_ = read.error().rule;
      co_return IoStatus::failed;
    }
    begin += *found;
    end.reset();
    if (response_.status >= 200) {
      const std::uint64_t no_limit = ~std::uint64_t{0};
      out_body_.start(response_.framing, response_.content_length, {answer_head_.data() + begin, size - begin},
                      no_limit);
      stream.no_deadline();
      transaction_.event().upstream_us =
          static_cast<std::uint64_t>(std::max<std::int64_t>(0, wall_clock_us() - sent_us_));
      co_return IoStatus::ok;
    }
    if (response_.status == 101) {
      answer_rule_ = "upstream_upgrade";
      co_return IoStatus::failed;  // nobody asked for another protocol
    }
    ++interim;
  }
  answer_rule_ = "upstream_interim";
  co_return IoStatus::failed;
}

Task<Call::Step> Call::fail_upstream(IoStatus status, std::string_view rule) {
  if (abandoned_ && !uploading_) co_return Step::broken;  // it failed because the client had left
  Event& event = transaction_.event();
  event.outcome = Outcome::failed;
  event.control = "upstream";
  const bool late = status == IoStatus::timed_out;
  event.reason = {rule, late                         ? "the upstream did not answer in time"
                        : status == IoStatus::closed ? "the upstream closed the connection"
                                                     : "the upstream could not be reached or broke the rules"};
  if (uploading_) {
    upstream_->stream.close();  // forward() waits for the upload's end
  } else {
    upstream_.reset();
  }
  if (!request_complete_) close_client_ = true;
  co_return co_await send_problem(problem_of_refusal(late ? 504 : 502));
}

}  // namespace sallyport::gateway
