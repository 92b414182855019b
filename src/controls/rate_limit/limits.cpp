#include "controls/rate_limit/limits.hpp"

#include <algorithm>
#include <charconv>

#include "engine/provider.hpp"

namespace sallyport::controls::rate_limit {
namespace {

using shared::Algorithm;

constexpr std::string_view too_many = "too_many_requests";
constexpr std::string_view too_many_title = "Too many requests";
constexpr std::string_view never_allowed = "The request asks for more than its limit ever allows";

// A number in the arena.
std::string_view number(std::int64_t value, Arena& arena) {
  std::array<char, 20> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return arena.copy({text.data(), static_cast<std::size_t>(end - text.data())});
}

// What there is to be had at once.
std::uint32_t most_of(const shared::Limit& limit) {
  return limit.algorithm == Algorithm::bucket ? limit.burst : limit.amount;
}

// Rounded up, but for the millisecond by which an exact log forgets late.
std::int64_t seconds_up(std::int64_t microseconds) { return (microseconds + 998'999) / 1'000'000; }

// `"login";q=10;w=60`: a String with Integer parameters (RFC 9651); calendar periods have no one length.
std::string policy_of(const LimitRule& rule) {
  std::string out = "\"" + rule.name + "\";q=" + std::to_string(rule.limit.amount);
  switch (rule.limit.algorithm) {
    case Algorithm::bucket:
    case Algorithm::window:
      return out + ";w=" + std::to_string(std::max<std::int64_t>(1, rule.limit.window_us / 1'000'000));
    case Algorithm::quota:
      return out;
    case Algorithm::concurrency:
      return out + ";qu=\"concurrent-requests\"";
  }
  return out;
}

}  // namespace

Problem too_many_requests(std::int64_t seconds, Arena& arena) {
  const std::string_view wait = number(seconds, arena);
  return {429, too_many, too_many_title, arena.concat("Try again in ", wait, " s"), "Retry-After", wait};
}

Limits::Limits(std::vector<LimitRule> rules, std::vector<Class> classes, std::string_view scope, unsigned ipv6_prefix,
               shared::MemoryStore& store, shared::Leases* leases)
    : classes_(std::move(classes)), ipv6_prefix_(ipv6_prefix), store_(store), leases_(leases) {
  for (LimitRule& rule : rules) {
    const std::string identity = std::string(scope) + '\0' + rule.name + '\0' + rule.text;
    const std::uint64_t salt = store.subject(identity);
    std::string policy = policy_of(rule);
    rules_.push_back({std::move(rule), salt, std::move(policy)});
  }
}

Class Limits::class_of(const Context& context) const {
  const Route& route = context.route();
  if (route.operation != nullptr && route.operation->index < classes_.size()) return classes_[route.operation->index];
  if (route.kind != RouteKind::prefix) return Class::data;
  return classify(context.request().method_token, context.request().path);
}

bool Limits::applies(const LimitRule& rule, Class is, const Context& context) {
  if (rule.classes != 0 && (rule.classes >> static_cast<unsigned>(is) & 1u) == 0) return false;
  if (rule.known_only && !context.actor().known()) return false;
  const Request& request = context.request();
  if (!rule.methods.empty() && std::ranges::find(rule.methods, request.method_token) == rule.methods.end())
    return false;
  if (!rule.operations.empty()) {
    const Operation* operation = context.route().operation;
    if (operation == nullptr || !rule.operations[operation->index]) return false;
  }
  // A limit must not be passed by another spelling.
  return rule.paths.empty() ||
         std::ranges::any_of(rule.paths, [&](const auto& pattern) { return pattern.matches_loosely(request.path); });
}

// The rules that apply to a call, and what became of each.
struct Limits::Asked {
  std::array<shared::Question, max_rules> questions;
  std::array<shared::Outcome, max_rules> outcomes;
  std::size_t count = 0;
  [[nodiscard]] std::span<const shared::Question> all() const { return {questions.data(), count}; }
  [[nodiscard]] std::span<shared::Outcome> said() { return {outcomes.data(), count}; }
};

Verdict Limits::decide(const Context& context, State& state) const {
  const Class is = class_of(context);
  Asked asked;
  const std::int64_t now = context.now_us();
  const std::vector<Subject>* last = nullptr;
  std::uint64_t subject = 0;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const LimitRule& rule = rules_[i].rule;
    if (!applies(rule, is, context)) continue;
    if (last == nullptr || *last != rule.by) {
      subject = store_.subject(subject_text(rule.by, context, is, ipv6_prefix_));
      last = &rule.by;
    }
    const std::uint64_t key = shared::MemoryStore::key(rules_[i].salt, subject);
    store_.prefetch(rule.limit, key);
    const std::int64_t end = rule.limit.algorithm == Algorithm::quota ? rule.zone.end_of(rule.period, now) : 0;
    asked.questions[asked.count] = {&rule.limit, key, rule.cost, end};
    state.rules[asked.count++] = static_cast<std::uint8_t>(i);
  }
  state.count = static_cast<std::uint8_t>(asked.count);
  if (state.count == 0) return Pass{};
  if (leases_ != nullptr) return decide_shared(context, state, asked);
  return conclude(context, state, asked, store_.decide(asked.all(), asked.said(), now));
}

// Asked twice when this node does not hold what it needs: the second time with the store's answer.
// The rules that apply are the same both times.
Verdict Limits::decide_shared(const Context& context, State& state, Asked& asked) const {
  const std::int64_t now = context.now_us();
  bool admitted = false;
  if (const Answer* answer = context.answer(); answer != nullptr) {
    const auto grants = answer->found ? shared::grants_in(answer->value) : std::span<const shared::Grant>{};
    if (!leases_->settle(asked.all(), asked.said(), grants, state.leased, now, admitted)) {
      return without_store(context, state, asked);
    }
    return conclude(context, state, asked, admitted);
  }
  const auto asks = context.arena().array<shared::Ask>(asked.count);
  switch (leases_->decide(asked.all(), asked.said(), asks, state.leased, now)) {
    case shared::Leases::Step::ask:
      return Need{{engine::Provider::counters, shared::packed(asks.first(state.leased.count))}};
    case shared::Leases::Step::admitted:
      admitted = true;
      break;
    case shared::Leases::Step::refused:
      break;
  }
  return conclude(context, state, asked, admitted);
}

// Nobody knows what the other nodes let through.
Verdict Limits::without_store(const Context& context, State& state, Asked& asked) const {
  using shared::OnStoreError;
  bool allowed = true;
  for (std::size_t i = 0; i < state.count; ++i) {
    const LimitRule& rule = rules_[state.rules[i]].rule;
    if (rule.limit.algorithm == Algorithm::concurrency) continue;
    if (rule.on_store_error == OnStoreError::deny) {
      Problem problem{503, "limit_unknown", "Try again later", {}, "Retry-After", "1"};
      return Deny{problem, {rule.name, "the shared counters did not answer, and on_store_error is deny"}};
    }
    if (rule.on_store_error == OnStoreError::local) allowed = false;
  }
  context.note({"store_unanswered", "the shared counters did not answer in time"});
  if (allowed) {
    state.count = 0;
    return Pass{};
  }
  return conclude(context, state, asked, leases_->decide_alone(asked.all(), asked.said(), context.now_us()));
}

Verdict Limits::conclude(const Context& context, State& state, const Asked& asked, bool admitted) const {
  const auto& outcomes = asked.outcomes;
  // The one to tell of: what refuses longest, or has the smallest share left.
  const auto worse = [&](std::size_t a, std::size_t b) {
    if (outcomes[a].admitted != outcomes[b].admitted) return !outcomes[a].admitted;
    if (!outcomes[a].admitted) return outcomes[a].wait_us > outcomes[b].wait_us;
    return std::uint64_t{outcomes[a].remaining} * most_of(*asked.questions[b].limit) <
           std::uint64_t{outcomes[b].remaining} * most_of(*asked.questions[a].limit);
  };
  std::size_t tightest = 0;
  for (std::size_t i = 1; i < state.count; ++i) {
    if (worse(i, tightest)) tightest = i;
  }
  state.tightest = state.rules[tightest];
  state.remaining = outcomes[tightest].remaining;
  state.reset_us = outcomes[tightest].reset_us;
  if (!admitted) return refuse(context, state, rules_[state.tightest], outcomes[tightest]);
  for (std::size_t i = 0; i < state.count; ++i) {
    if (asked.questions[i].limit->algorithm == Algorithm::concurrency)
      state.keys[state.held++] = asked.questions[i].key;
  }
  return Pass{};
}

std::string_view Limits::policies(const State& state, Arena& arena) const {
  if (state.count == 1) return rules_[state.rules[0]].policy;
  std::string_view out = rules_[state.rules[0]].policy;
  for (std::size_t i = 1; i < state.count; ++i) out = arena.concat(out, ", ", rules_[state.rules[i]].policy);
  return out;
}

Verdict Limits::refuse(const Context& context, const State& state, const Compiled& by,
                       const shared::Outcome& outcome) const {
  Arena& arena = context.arena();
  const bool never = outcome.wait_us == shared::Outcome::never_us;
  Problem problem = never ? Problem{429, too_many, too_many_title, never_allowed, {}, {}}
                          : too_many_requests(std::max<std::int64_t>(1, seconds_up(outcome.wait_us)), arena);
  const auto fields = arena.array<Edit>(2);
  const std::int64_t wait = never ? outcome.reset_us : outcome.wait_us;
  fields[0] = {Edit::Kind::add, 0, "RateLimit-Policy", policies(state, arena)};
  fields[1] = {Edit::Kind::add, 0, "RateLimit",
               arena.concat("\"", by.rule.name, "\";r=0;t=", number(seconds_up(wait), arena))};
  problem.fields = fields;
  return Deny{problem, {by.rule.name, by.rule.text}};
}

Verdict Limits::announce(const Context& context, const State& state) const {
  if (state.count == 0) return Pass{};
  Arena& arena = context.arena();
  const auto edits = arena.array<Edit>(2);
  edits[0] = {Edit::Kind::add, 0, "RateLimit-Policy", policies(state, arena)};
  edits[1] = {Edit::Kind::add, 0, "RateLimit",
              arena.concat("\"", rules_[state.tightest].rule.name, "\";r=", number(state.remaining, arena),
                           ";t=", number(seconds_up(state.reset_us), arena))};
  return Rewrite{edits, nullptr, {}};
}

void Limits::end(State& state) const {
  for (std::size_t i = 0; i < state.held; ++i) store_.give_back(state.keys[i], 1);
  state.held = 0;
}

}  // namespace sallyport::controls::rate_limit
