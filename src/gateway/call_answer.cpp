// Call, the way back: the upstream's answer through the engine to the client.
#include <algorithm>
#include <cstring>

#include "engine/driver_rules.hpp"
#include "gateway/call.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::uint64_t worth_a_pipe = 32 * 1024;  // bytes still to come; fewer are copied
constexpr std::size_t max_sealed = 16 * 1024;      // bytes of a replaced body that the event keeps

}  // namespace

Task<Call::Step> Call::answer() {
  Event& event = transaction_.event();
  event.status = response_.status;
  event.outcome = Outcome::forwarded;
  Verdict verdict = transaction_.response_head(response_);
  if (std::holds_alternative<Need>(verdict)) verdict = co_await answered(std::move(verdict));
  if (const Problem* replaced = replacement(verdict)) {
    bool whole = false;
    co_await gather_response_body(max_sealed, whole);
    co_return co_await replace_answer(*replaced);
  }
  const std::size_t wanted = std::min(transaction_.wants_response_body(), engine::max_whole_answer);
  if (wanted != 0 && response_.framing != Framing::none) {
    bool whole = body_at_hand(wanted);
    if (!whole) {
      const Step gathered = co_await gather_response_body(wanted, whole);
      if (gathered != Step::go_on) co_return gathered;
    }
    if (whole) {
      verdict = transaction_.response_body(gathered_size_ != 0 ? gathered_body() : first_piece_);
      if (std::holds_alternative<Need>(verdict)) verdict = co_await answered(std::move(verdict));
      if (const Problem* replaced = replacement(verdict)) co_return co_await replace_answer(*replaced);
      take_rewritten(verdict);
    } else {
      verdict = transaction_.response_unseen();
      if (const Problem* replaced = replacement(verdict)) co_return co_await replace_answer(*replaced);
      uninspected_ = true;
    }
  }
  co_return co_await relay();
}

// Most bodies arrive with their head: they are looked at where they are.
bool Call::body_at_hand(std::size_t limit) {
  if (!out_body_.whole_at_hand(limit)) return false;
  first_piece_ = out_body_.next()->data;
  return true;
}

// The problem that goes out instead of the upstream's answer, or null.
const Problem* Call::replacement(const Verdict& verdict) const {
  if (const auto* deny = std::get_if<Deny>(&verdict)) return &deny->problem;
  const auto* rewrite = std::get_if<Rewrite>(&verdict);
  return rewrite != nullptr ? rewrite->replace : nullptr;
}

// A control made another body of the one that is at hand as a whole: it goes out instead.
void Call::take_rewritten(const Verdict& verdict) {
  const auto* rewrite = std::get_if<Rewrite>(&verdict);
  if (rewrite == nullptr || !rewrite->body) return;
  gathered_.release();
  gathered_size_ = 0;
  first_piece_ = *rewrite->body;
}

Task<Call::Step> Call::replace_answer(const Problem& problem) {
  const std::string_view original = gathered_size_ != 0 ? gathered_body() : first_piece_;
  transaction_.event().sealed = original.substr(0, max_sealed);
  keep_upstream();
  co_return co_await send_problem(problem);
}

// Reads the body into gathered_ as far as it fits into `limit`. It grows with what arrives.
Task<Call::Step> Call::gather_response_body(std::size_t limit, bool& whole) {
  gathered_ = worker_->buffers().take(BufferPool::large);
  gathered_size_ = 0;
  while (true) {
    const auto piece = out_body_.next();
    if (!piece) co_return co_await fail_upstream(IoStatus::failed, piece.error().rule);
    const std::size_t needed = gathered_size_ + piece->data.size();
    if (needed > gathered_.size() && gathered_.size() < limit) {
      Buffer larger = worker_->buffers().take(std::min(limit, std::max(needed, 2 * gathered_.size())));
      std::memcpy(larger.data(), gathered_.data(), gathered_size_);
      gathered_ = std::move(larger);
    }
    const std::size_t room = std::min(limit, gathered_.size()) - gathered_size_;
    const std::size_t taken = std::min(room, piece->data.size());
    piece->data.copy(gathered_.data() + gathered_size_, taken);
    gathered_size_ += taken;
    if (taken < piece->data.size()) {
      held_out_ = piece->data.substr(taken);
      co_return Step::go_on;
    }
    if (piece->last) {
      whole = true;
      co_return Step::go_on;
    }
    if (!piece->need_more) continue;
    if (const IoStatus status = co_await upstream_->read_body(out_body_, out_buffer_); status != IoStatus::ok) {
      co_return co_await fail_upstream(status, "upstream_body");
    }
  }
}

BodyPlan Call::plan_answer() const {
  if (web_answer_) return {Framing::chunked, 0};
  switch (response_.framing) {
    case Framing::none:
      // To HEAD and with 304 the length says what GET would bring (RFC 9110 §8.6).
      if (response_.fields.find(FieldName::content_length) != nullptr && response_.status != 204 &&
          response_.status >= 200) {
        return {Framing::length, response_.content_length};
      }
      return {Framing::none, 0};
    case Framing::length:
      return {Framing::length, response_.content_length};
    case Framing::chunked:
    case Framing::until_close:
      break;
  }
  if (out_body_.done() && upstream_->trailers().empty())
    return {Framing::length, gathered_size_ + held_out_.size() + first_piece_.size()};
  return {Framing::chunked, 0};
}

bool Call::begin_answer(const BodyPlan& plan) {
  response_.fields.remove(FieldName::x_request_id);
  AnswerHead head{response_.status, response_.fields.all(),          id(), plan, request_.method == Method::head,
                  http10(),         !can_keep_client() || uploading_};
  const bool fits = exchange_->begin_answer(head);
  close_client_ = close_client_ || head.close;
  return fits;
}

Task<Call::Step> Call::relay() {
  web_answer_ = grpc_web_ && answers_grpc(response_) &&
                response_.fields.set("content-type", grpc_web_.client_type(transaction_.arena()));
  // What is at hand goes out with the head, in one write.
  const bool nothing_gathered = gathered_size_ == 0 && held_out_.empty();
  bool last = out_body_.done();
  if (nothing_gathered && !last) {
    const auto piece = out_body_.next();
    if (!piece) co_return co_await fail_upstream(IoStatus::failed, piece.error().rule);
    first_piece_ = piece->data;
    last = piece->last;
  }
  if (!begin_answer(plan_answer())) co_return co_await fail_upstream(IoStatus::failed, "upstream_head");
  Step step = Step::go_on;
  if (nothing_gathered) {
    step = co_await send_piece(first_piece_, last);
  } else {
    step = co_await send_piece(gathered_body(), last && held_out_.empty());
    if (step == Step::go_on && !held_out_.empty()) step = co_await send_piece(held_out_, last);
  }
  if (step == Step::go_on && out_body_.to_come() >= worth_a_pipe) {
    Stream* const from = upstream_->direct();
    Stream* const to = exchange_->direct();
    if (from != nullptr && to != nullptr) step = co_await relay_unseen(*from, *to);
  }
  while (step == Step::go_on) {
    auto piece = out_body_.next();
    if (piece && piece->need_more) {
      const IoStatus status = co_await upstream_->read_body(out_body_, out_buffer_);
      if (status != IoStatus::ok) co_return cut_short(status);
      piece = out_body_.next();
    }
    if (!piece) co_return cut_short(IoStatus::failed);
    if (piece->data.empty() && !piece->last) continue;
    step = co_await send_piece(piece->data, piece->last);
  }
  if (step == Step::answered) keep_upstream();
  co_return step;
}

// The rest of a long body between two sockets without TLS: the kernel moves it.
Task<Call::Step> Call::relay_unseen(Stream& upstream, Stream& client) {
  Pipe pipe = worker_->pipes().take();
  if (!pipe) co_return Step::go_on;
  out_buffer_.release();
  Event& event = transaction_.event();
  while (!out_body_.done()) {
    upstream.deadline(upstream_config_->timeout);
    const Io io = co_await upstream.read_into(
        pipe, static_cast<std::size_t>(std::min<std::uint64_t>(out_body_.to_come(), PipePool::bytes)));
    if (io.status != IoStatus::ok) co_return cut_short(io.status);
    upstream.no_deadline();
    if (!out_body_.passed_by(io.bytes)) co_return cut_short(IoStatus::failed);
    event.bytes_out += io.bytes;
    if (uninspected_) event.bytes_uninspected = event.bytes_out;
    if (out_body_.done()) publish();
    client.deadline(exchange_->client().listener->timeouts.write);
    if (co_await client.write_from(pipe, !out_body_.done()) != IoStatus::ok) co_return Step::broken;
    client.no_deadline();
  }
  worker_->pipes().give(std::move(pipe));
  co_return Step::answered;
}

// The upstream broke off within the body: so must we, or the client takes half for whole.
Call::Step Call::cut_short(IoStatus status) {
  Event& event = transaction_.event();
  event.outcome = Outcome::failed;
  event.control = "upstream";
  target_failed();
  event.reason = {"upstream_body", status == IoStatus::timed_out ? "the upstream stalled within the body"
                                                                 : "the upstream broke off within the body"};
  exchange_->abort();
  return Step::broken;
}

Task<Call::Step> Call::send_piece(std::string_view piece, bool last) {
  Event& event = transaction_.event();
  answering_ = true;
  if (web_answer_) piece = as_grpc_web(piece, last);
  event.bytes_out += piece.size();
  if (uninspected_) event.bytes_uninspected = event.bytes_out;
  if (last) {
    if (!web_answer_) exchange_->set_trailers(upstream_->trailers());
    publish();
  }
  IoStatus status = exchange_->send(piece, last);
  if (status == IoStatus::idle) status = co_await exchange_->finish();
  if (status != IoStatus::ok) co_return Step::broken;
  co_return last ? Step::answered : Step::go_on;
}

// Back to the pool, when the next answer on it cannot be confused with this one.
void Call::keep_upstream() {
  if (uploading_) return;
  if (out_body_.done()) lease_.succeeded();
  release_upstream(out_body_.done() && out_body_.rest().empty() && response_.keep_alive && in_body_.done());
}

}  // namespace sallyport::gateway
