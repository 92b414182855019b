// Call, between the decision and the upstream: which target is asked, and what it is thought of afterwards.
#include <string>

#include "base/siphash.hpp"
#include "decode/cookies.hpp"
#include "gateway/call.hpp"
#include "gateway/problem.hpp"
#include "gateway/target_states.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

// The same on every node, so that they send a client to the same target.
constexpr SipKey target_key{'t'};
constexpr SipKey canary_key{'c'};
constexpr SipKey mirror_key{'m'};

// 0 to 99, each as often as the others.
std::uint64_t drawn(std::uint64_t from, const SipKey& key) {
  return siphash(key, {reinterpret_cast<const char*>(&from), sizeof from}) % 100;
}

std::string_view bytes_of(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

}  // namespace

std::uint64_t Call::hash_for_target(const HashBy& by) {
  std::string_view text = bytes_of(exchange_->client().connection.client);
  switch (by.what) {
    case HashBy::What::client:
      break;
    case HashBy::What::header:
      if (const Field* field = request_.fields.find(by.name)) text = field->value;
      break;
    case HashBy::What::cookie: {
      const Field* field = request_.fields.find(FieldName::cookie);
      if (field == nullptr) break;
      if (const auto cookies = decode::read_cookies(field->value, transaction_.arena())) {
        if (const decode::Pair* found = cookies->find(by.name)) text = found->value;
      }
      break;
    }
  }
  return siphash(target_key, text);
}

bool Call::goes_to(const Canary& canary) {
  if (!canary.header.empty()) {
    const Field* field = request_.fields.find(canary.header);
    if (field != nullptr && (canary.value.empty() || field->value == canary.value)) return true;
  }
  if (canary.share == 0) return false;
  const bool same = upstream_config_->rules.method == balance::Method::hash;
  return drawn(same ? hash_for_target(upstream_config_->hash_by) : worker_->next_turn(), canary_key) < canary.share;
}

// One of the upstream's targets, or of its canary's.
bool Call::take_target() {
  if (upstream_config_->canary && goes_to(*upstream_config_->canary)) {
    const Upstream& canary = *upstream_config_->canary->upstream;
    if (take_target_of(canary)) {
      upstream_config_ = &canary;
      return true;
    }
  }
  return take_target_of(*upstream_config_);
}

bool Call::take_target_of(const Upstream& upstream) {
  if (upstream.group == nullptr) {
    if (upstream.targets.empty()) return false;
    target_ = &upstream.targets.front();
  } else {
    const std::uint32_t turn = worker_->next_turn();
    balance::Group::Ask ask{.now = monotonic_now(),
                            .random = turn ^ (static_cast<std::uint64_t>(start_us_) << 20),
                            .turn = turn,
                            .tried = {tried_.data(), tried_count_}};
    if (upstream.rules.method == balance::Method::hash) ask.hash = hash_for_target(upstream.hash_by);
    auto picked = upstream.group->pick(ask);
    if (!picked) return false;
    if (tried_count_ == 0) upstream.group->budget().call(upstream.rules.retry_share);
    if (tried_count_ < tried_.size()) tried_[tried_count_++] = picked->index;
    lease_ = std::move(picked->lease);
    target_ = &upstream.targets[picked->index];
  }
  if (!upstream.preserve_host) host_out_ = target_->host;
  return true;
}

// All are at their limit: one of them may have room in a moment.
Task<bool> Call::wait_for_target() {
  const Upstream& upstream = *upstream_config_;
  WaitingLine& line = worker_->waiting_line();
  if (upstream.group == nullptr || line.length(*upstream.group) >= upstream.waiting) co_return false;
  const balance::Instant end = monotonic_now() + upstream.wait;
  WaitingLine::Place place(line, *upstream.group);
  for (balance::Instant now = monotonic_now(); now < end && upstream.group->is_busy(now); now = monotonic_now()) {
    co_await place;
    if (abandoned_) co_return false;
    if (take_target_of(upstream)) co_return true;
  }
  co_return false;
}

bool Call::may_try_another() const {
  return lease_ && tried_count_ <= upstream_config_->attempts && tried_count_ < upstream_config_->targets.size();
}

// Instead of the one that failed.
bool Call::take_other_target() {
  if (!may_try_another()) return false;
  target_failed();
  give_target_back();
  return take_target_of(*upstream_config_);
}

void Call::give_target_back() {
  if (!lease_) return;
  const balance::Group& group = *lease_.group();
  lease_.release();
  if (group.rules().calls != 0) worker_->waiting_line().freed(group);
}

// 502 to 504 are what stands between the target and its own servers: it does not serve.
void Call::target_answered() {
  if (!lease_) return;
  if (response_.status >= 502 && response_.status <= 504) return target_failed();
  if (lease_.is_trial()) lease_.answers(monotonic_now());
}

void Call::target_failed() {
  if (lease_) {
    lease_.failed(monotonic_now());
  } else if (upstream_config_->group == nullptr && target_ != nullptr) {
    target_->state->failures.fetch_add(1, std::memory_order_relaxed);
  }
}

// What is at hand as a whole goes to the shadow too; tunnels do not.
void Call::send_copy(const std::shared_ptr<const Mirror>& mirror) {
  if (!request_complete_ || grpc_ || request_.method == Method::connect || ready_.size() > mirror->max_body) return;
  if (mirror->share < 100 && drawn(worker_->next_turn(), mirror_key) >= mirror->share) return;
  const UpstreamHead head = upstream_head();
  const std::string_view host = upstream_config_->preserve_host ? head.host : std::string_view(mirror->target.host);
  worker_->mirrors().send(mirror, UpstreamHead{head.request, host, head.own, head.plan}, ready_);
}

Task<Call::Step> Call::fail_without_target() {
  if (abandoned_) co_return Step::broken;
  Event& event = transaction_.event();
  event.outcome = Outcome::failed;
  event.control = "upstream";
  Problem problem = problem_of_refusal(503);
  problem.extra_name = "Retry-After";
  problem.extra_value = "1";
  const balance::Group* group = upstream_config_->group.get();
  const balance::Instant now = monotonic_now();
  if (group != nullptr && group->is_busy(now)) {
    event.reason = {"upstream_limit", "all targets have as many calls as they may"};
  } else {
    event.reason = {"no_target", "no target takes calls: they failed, or failed their checks"};
    if (group != nullptr) problem.extra_value = transaction_.arena().copy(std::to_string(group->back_in(now).count()));
  }
  if (!request_complete_) close_client_ = true;
  co_return co_await send_problem(problem);
}

}  // namespace sallyport::gateway
