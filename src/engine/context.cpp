#include <algorithm>

#include "decode/body.hpp"

#include <sallyport/engine.hpp>

namespace sallyport {
namespace {

// Answers are longer than what clients send. How long they may be, who asks for them says.
constexpr decode::Limits answer_limits{.names = 200'000, .values = 500'000};

}  // namespace

const Connection& Context::connection() const { return *transaction_.connection_; }
const Request& Context::request() const { return *transaction_.request_; }
const Response& Context::response() const { return *transaction_.response_; }
const Route& Context::route() const { return transaction_.event_.route; }
const Actor& Context::actor() const { return transaction_.actor_; }
void Context::set_actor(const Actor& actor) const { transaction_.actor_ = actor; }
Arena& Context::arena() const { return transaction_.arena_; }
std::int64_t Context::now() const { return transaction_.now_us_ / 1'000'000; }
std::int64_t Context::now_us() const { return transaction_.now_us_; }
std::string_view Context::body() const { return transaction_.body_; }
const Decoded& Context::decoded() const {
  if (!transaction_.is_decoded_) {
    const bool response = transaction_.phase_ >= Phase::response_head;
    const Fields& fields = response ? transaction_.response_->fields : transaction_.request_->fields;
    transaction_.decoded_ = decode::decode_body(fields, transaction_.body_, transaction_.arena_,
                                                response ? answer_limits : decode::Limits{});
    transaction_.is_decoded_ = true;
  }
  return transaction_.decoded_;
}
const Answer* Context::answer() const { return transaction_.answer_; }
void* Context::slot() const { return transaction_.slab_ + transaction_.running_->slot; }

void Context::want_body(std::size_t limit) const {
  look_at_body(limit);
  (transaction_.phase_ == Phase::request_head ? transaction_.request_body_judged_
                                              : transaction_.response_body_judged_) = true;
}

void Context::look_at_body(std::size_t limit) const {
  const bool request = transaction_.phase_ == Phase::request_head;
  std::size_t& wanted = request ? transaction_.request_body_limit_ : transaction_.response_body_limit_;
  wanted = std::max(wanted, limit);
}

void Context::require_body(std::size_t limit) const {
  want_body(limit);
  const Step* first = transaction_.pipeline_->steps().data();
  if (transaction_.running_->mode == Mode::enforce) {
    transaction_.required_by_ = static_cast<std::uint16_t>(transaction_.running_ - first);
  }
}

bool Context::spend(std::uint32_t units) const {
  if (transaction_.budget_ < units) {
    transaction_.budget_ = 0;
    return false;
  }
  transaction_.budget_ -= units;
  return true;
}

void Context::note(Reason reason) const { transaction_.note(transaction_.running_->name, Note::Action::noted, reason); }

void Event::clear() noexcept {
  id = {};
  time_us = 0;
  duration_us = upstream_us = engine_ns = 0;
  connection = nullptr;
  request = nullptr;
  response = nullptr;
  route = {};
  status = 0;
  outcome = Outcome::failed;
  control = {};
  reason = {};
  bytes_in = bytes_out = bytes_uninspected = 0;
  upstream = sealed = {};
  notes_dropped = note_count = 0;
}

}  // namespace sallyport
