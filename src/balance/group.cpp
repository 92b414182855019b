#include "balance/group.hpp"

#include <algorithm>
#include <numeric>

namespace sallyport::balance {
namespace {

constexpr int tries = 8;        // draws for a target that takes calls, before all are looked at
constexpr int hash_tries = 16;  // places that a hash may fall to

// SplitMix64 (Steele, Lea, Flood, 2014): the next of a row of random numbers.
std::uint64_t next(std::uint64_t& seed) {
  seed += 0x9e3779b97f4a7c15u;
  std::uint64_t z = seed;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

Lease& Lease::operator=(Lease&& from) noexcept {
  if (this == &from) return *this;
  release();
  group_ = std::exchange(from.group_, nullptr);
  state_ = from.state_;
  trial_ = std::exchange(from.trial_, false);
  failed_ = from.failed_;
  return *this;
}

void Lease::answers(Instant now) {
  if (group_ == nullptr || !std::exchange(trial_, false)) return;
  if (state_->breaker.succeeded(true)) state_->begin_slowly(now);
}

void Lease::succeeded() {
  if (group_ != nullptr && !failed_) state_->breaker.succeeded(false);
}

void Lease::failed(Instant now) {
  if (group_ == nullptr || std::exchange(failed_, true)) return;
  group_->count_failure(*state_, std::exchange(trial_, false), now);
}

void Lease::release() {
  if (group_ == nullptr) return;
  state_->breaker.dropped(std::exchange(trial_, false));
  state_->calls_now.fetch_sub(1, std::memory_order_relaxed);
  group_ = nullptr;
}

Group::Group(const GroupRules& rules, std::vector<Member> members, std::shared_ptr<RetryBudget> budget)
    : rules_(rules), members_(std::move(members)), budget_(std::move(budget)) {
  all_ = make_set(false);
  const auto near = static_cast<std::size_t>(std::ranges::count_if(members_, &Member::near));
  if (near != 0 && near != members_.size()) near_ = make_set(true);
}

// Slots by smooth weighted round robin: in each round everybody gains its weight, and the richest is taken and
// pays the sum of all. Weights are brought to their lowest terms.
Group::Set Group::make_set(bool near_only) const {
  Set set;
  std::uint32_t divisor = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (near_only && !members_[i].near) continue;
    set.members.push_back(static_cast<std::uint16_t>(i));
    set.weight += members_[i].weight;
    divisor = std::gcd(divisor, members_[i].weight);
  }
  const auto sum = static_cast<std::int64_t>(set.weight / std::max(divisor, 1u));
  std::vector<std::int64_t> purse(set.members.size(), 0);
  for (std::int64_t round = 0; round < sum; ++round) {
    std::size_t richest = 0;
    for (std::size_t i = 0; i < purse.size(); ++i) {
      purse[i] += members_[set.members[i]].weight / divisor;
      if (purse[i] > purse[richest]) richest = i;
    }
    purse[richest] -= sum;
    set.slots.push_back(set.members[richest]);
  }
  if (rules_.method != Method::hash) return set;
  std::vector<Maglev::Place> places;
  for (const std::uint16_t index : set.members) places.push_back({members_[index].name, members_[index].weight});
  set.maglev = Maglev(places);
  return set;
}

bool Group::usable(const TargetState& state, Instant now) const {
  return !state.is_down() && state.breaker.is_passable(now) &&
         (rules_.calls == 0 || state.calls_now.load(std::memory_order_relaxed) < rules_.calls);
}

bool Group::keeps_near(Instant now) const {
  if (near_.members.empty()) return false;
  const auto good = static_cast<std::size_t>(
      std::ranges::count_if(near_.members, [&](std::uint16_t index) { return usable(*members_[index].state, now); }));
  return good * 100 >= near_.members.size() * near_share && good != 0;
}

std::optional<Lease> Group::enter(std::uint16_t index, Instant now) const {
  TargetState& state = *members_[index].state;
  const std::uint32_t before = state.calls_now.fetch_add(1, std::memory_order_relaxed);
  const bool full = rules_.calls != 0 && before >= rules_.calls;
  const Breaker::Pass pass = full || state.is_down() ? Breaker::Pass::no : state.breaker.admit(now);
  if (pass == Breaker::Pass::no) {
    state.calls_now.fetch_sub(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  state.calls.fetch_add(1, std::memory_order_relaxed);
  return Lease(*this, state, pass == Breaker::Pass::trial);
}

// One search through the targets for one call.
class Group::Search {
 public:
  Search(const Group& group, const Set& set, const Ask& ask) : group_(group), set_(set), ask_(ask), seed_(ask.random) {}

  // The member to ask; nothing when none takes the call.
  [[nodiscard]] std::optional<std::uint16_t> find() {
    switch (group_.rules_.method) {
      case Method::round_robin:
        return in_turn();
      case Method::least_requests:
        return less_busy();
      case Method::hash:
        return by_hash();
    }
    return std::nullopt;
  }
  // Any that fits, from a random one on.
  [[nodiscard]] std::optional<std::uint16_t> any() {
    const std::size_t count = set_.members.size();
    const std::size_t from = next(seed_) % count;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint16_t index = set_.members[(from + i) % count];
      if (fits(index)) return index;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] const TargetState& state(std::uint16_t index) const { return *group_.members_[index].state; }
  [[nodiscard]] std::uint64_t busy(std::uint16_t index) const {
    return state(index).calls_now.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool fits(std::uint16_t index) const {
    return std::ranges::find(ask_.tried, index) == ask_.tried.end() && group_.usable(state(index), ask_.now);
  }
  // One that has just come back is passed over now and then.
  [[nodiscard]] bool is_warm(std::uint16_t index) {
    const std::uint32_t warmth = state(index).warmth(ask_.now, group_.rules_.slow_start);
    return warmth >= 256 || next(seed_) % 256 < warmth;
  }

  [[nodiscard]] std::optional<std::uint16_t> in_turn() {
    for (std::size_t i = 0; i < set_.slots.size(); ++i) {
      const std::uint16_t index = set_.slots[(ask_.turn + i) % set_.slots.size()];
      if (fits(index) && is_warm(index)) return index;
    }
    return any();
  }

  [[nodiscard]] std::optional<std::uint16_t> draw(std::optional<std::uint16_t> other) {
    for (int i = 0; i < tries; ++i) {
      const std::uint16_t index = set_.slots[next(seed_) % set_.slots.size()];
      if (index != other && fits(index) && is_warm(index)) return index;
    }
    return std::nullopt;
  }
  // The less busy, for its weight, of two (Mitzenmacher: The Power of Two Choices, 2001).
  [[nodiscard]] std::optional<std::uint16_t> less_busy() {
    const auto one = draw(std::nullopt);
    if (!one) return any();
    const auto two = draw(one);
    if (!two) return one;
    const std::uint64_t load_one = busy(*one) * group_.members_[*two].weight;
    const std::uint64_t load_two = busy(*two) * group_.members_[*one].weight;
    return load_one <= load_two ? one : two;
  }

  // Where the hash points to, else where its successors do: consistent hashing with bounded loads
  // (Mirrokni, Thorup, Zadimoghaddam, 2018).
  [[nodiscard]] std::optional<std::uint16_t> by_hash() {
    std::uint64_t under_way = 1;
    for (const std::uint16_t index : set_.members) under_way += busy(index);
    std::uint64_t hash = ask_.hash;
    for (int i = 0; i < hash_tries; ++i) {
      const std::uint16_t index = set_.members[set_.maglev.at(hash)];
      const std::uint64_t bound =
          (under_way * group_.members_[index].weight * bounded_load + set_.weight * 100 - 1) / (set_.weight * 100);
      if (fits(index) && busy(index) < bound) return index;
      next(hash);
      hash ^= hash >> 32;
    }
    return any();
  }

  const Group& group_;
  const Set& set_;
  const Ask& ask_;
  std::uint64_t seed_;
};

std::optional<Group::Pick> Group::pick(const Ask& ask) const {
  const auto pick_of = [&](const Set& set) -> std::optional<Pick> {
    Search search(*this, set, ask);
    auto index = search.find();
    // Another thread may take the last place, or the trial, between the look and the step.
    for (int i = 0; index && i < tries; ++i, index = search.any()) {
      if (auto lease = enter(*index, ask.now)) return Pick{*index, std::move(*lease)};
    }
    return std::nullopt;
  };
  if (keeps_near(ask.now)) {
    if (auto picked = pick_of(near_)) return picked;
  }
  return pick_of(all_);
}

// Opens the target's breaker unless too many are open: then it is worth more to ask a bad one than none.
void Group::count_failure(TargetState& state, bool trial, Instant now) const {
  state.failures.fetch_add(1, std::memory_order_relaxed);
  if (!state.breaker.failed(trial, now, rules_.breaker)) return;
  const std::lock_guard lock(opening_);
  if (state.breaker.state() != Breaker::State::closed) return;
  const auto open = static_cast<std::size_t>(std::ranges::count_if(members_, [](const Member& member) {
    return member.state->is_down() || member.state->breaker.state() != Breaker::State::closed;
  }));
  if ((open + 1) * 100 <= members_.size() * rules_.open_share) state.breaker.open(now, rules_.breaker);
}

bool Group::is_busy(Instant now) const {
  return std::ranges::any_of(members_, [&](const Member& member) {
    return !member.state->is_down() && member.state->breaker.is_passable(now);
  });
}

std::chrono::seconds Group::back_in(Instant now) const {
  auto first = Instant(std::chrono::minutes(1));
  for (const Member& member : members_) {
    const Instant until = member.state->breaker.open_until();
    if (until.count() != 0 && !member.state->is_down()) first = std::min(first, until - now);
  }
  return std::max(std::chrono::ceil<std::chrono::seconds>(first), std::chrono::seconds(1));
}

}  // namespace sallyport::balance
