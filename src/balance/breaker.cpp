#include "balance/breaker.hpp"

#include <algorithm>

namespace sallyport::balance {
namespace {
constexpr std::uint32_t most_doublings = 16;  // beyond that any time is the longest
}

bool Breaker::is_passable(Instant now) const {
  const std::int64_t until = until_.load(std::memory_order_relaxed);
  return until == 0 || (now.count() >= until && !trying_.load(std::memory_order_relaxed));
}

Breaker::Pass Breaker::admit(Instant now) {
  const std::int64_t until = until_.load(std::memory_order_relaxed);
  if (until == 0) return Pass::yes;
  if (now.count() < until) return Pass::no;
  return trying_.exchange(true, std::memory_order_acq_rel) ? Pass::no : Pass::trial;
}

bool Breaker::succeeded(bool trial) {
  if (failures_.load(std::memory_order_relaxed) != 0) failures_.store(0, std::memory_order_relaxed);
  if (!trial) return false;  // begun before it opened: says nothing about now
  row_.store(0, std::memory_order_relaxed);
  until_.store(0, std::memory_order_release);
  trying_.store(false, std::memory_order_release);
  return true;
}

bool Breaker::failed(bool trial, Instant now, const BreakerRules& rules) {
  if (trial) {
    open(now, rules);
    trying_.store(false, std::memory_order_release);
    return false;
  }
  if (rules.failures == 0 || until_.load(std::memory_order_relaxed) != 0) return false;
  const std::int64_t before = last_failure_.exchange(now.count(), std::memory_order_relaxed);
  if (now.count() - before > rules.window.count()) failures_.store(0, std::memory_order_relaxed);
  return failures_.fetch_add(1, std::memory_order_relaxed) + 1 >= rules.failures;
}

void Breaker::open(Instant now, const BreakerRules& rules) {
  const std::uint32_t doublings = std::min(row_.fetch_add(1, std::memory_order_relaxed), most_doublings);
  const auto time = std::min(rules.open * (std::int64_t{1} << doublings), rules.longest);
  failures_.store(0, std::memory_order_relaxed);
  openings_.fetch_add(1, std::memory_order_relaxed);
  until_.store(std::max<std::int64_t>(1, (now + time).count()), std::memory_order_release);
}

void Breaker::dropped(bool trial) {
  if (trial) trying_.store(false, std::memory_order_release);
}

Breaker::State Breaker::state() const {
  if (until_.load(std::memory_order_relaxed) == 0) return State::closed;
  return trying_.load(std::memory_order_relaxed) ? State::trying : State::open;
}

}  // namespace sallyport::balance
