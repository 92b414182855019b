// Which target takes a call: shares, load, failures, zones, limits. Random numbers come from a fixed seed.
#include "balance/group.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

namespace sallyport::balance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Fixture {
 public:
  explicit Fixture(GroupRules rules, const std::vector<std::uint32_t>& weights = {1, 1, 1}, std::size_t near = 0) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      states.push_back(std::make_shared<TargetState>());
      members.push_back({states.back(), "t" + std::to_string(i), weights[i], i < near});
    }
    group.emplace(rules, members, std::make_shared<RetryBudget>());
  }
  std::optional<Group::Pick> pick(std::uint64_t hash = 0, std::span<const std::uint16_t> tried = {}) {
    return group->pick({now, random(), turn++, hash, tried});
  }
  // How often each was picked, when every call ends before the next begins.
  std::vector<int> count(int calls) {
    std::vector<int> found(states.size());
    for (int i = 0; i < calls; ++i) {
      const auto picked = pick(random());
      if (picked) ++found[picked->index];
    }
    return found;
  }
  void break_down(std::size_t index) { states[index]->breaker.open(now, group->rules().breaker); }

  Instant now{1'000'000};
  std::mt19937_64 random{7};
  std::uint32_t turn = 0;
  std::vector<std::shared_ptr<TargetState>> states;
  std::vector<Member> members;
  std::optional<Group> group;
};

GroupRules rules_of(Method method) {
  GroupRules rules;
  rules.method = method;
  return rules;
}

TEST(Group, RoundRobinIsExact) {
  Fixture it(rules_of(Method::round_robin), {1, 2, 5});
  EXPECT_EQ(it.count(8'000), (std::vector<int>{1'000, 2'000, 5'000}));
}

TEST(Group, RoundRobinMixesHeavyAndLight) {
  Fixture it(rules_of(Method::round_robin), {1, 1, 2});
  std::vector<std::uint16_t> order;
  for (int i = 0; i < 4; ++i) order.push_back(it.pick()->index);
  EXPECT_EQ(order, (std::vector<std::uint16_t>{2, 0, 1, 2}));
}

// Pearson's test: with 7 degrees of freedom a fair draw exceeds 24.3 once in a thousand.
TEST(Group, IdleTargetsAreDrawnByTheirWeight) {
  const std::vector<std::uint32_t> weights = {1, 1, 2, 3, 5, 8, 13, 21};
  Fixture it(rules_of(Method::least_requests), weights);
  constexpr int calls = 54'000;
  const std::vector<int> found = it.count(calls);
  double chi_square = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double expected = calls * weights[i] / 54.0;
    chi_square += std::pow(found[i] - expected, 2) / expected;
  }
  EXPECT_LT(chi_square, 24.3);
}

// Balls into bins: with one random choice the fullest of 100 bins has about 4 of 100 balls above the mean of 1,
// with the better of two about log log n.
TEST(Group, TwoChoicesKeepTheBusiestNearTheMean) {
  Fixture it(rules_of(Method::least_requests), std::vector<std::uint32_t>(100, 1));
  std::vector<Group::Pick> held;
  for (int i = 0; i < 10'000; ++i) held.push_back(std::move(*it.pick()));
  std::uint32_t most = 0;
  for (const auto& state : it.states) most = std::max(most, state->calls_now.load());
  EXPECT_LE(most, 104U);  // 130 by one choice
  held.clear();
  for (const auto& state : it.states) EXPECT_EQ(state->calls_now.load(), 0U);
}

TEST(Group, ABusyTargetGetsNoMoreWhileOthersRest) {
  Fixture it(rules_of(Method::least_requests), {1, 1});
  it.states[0]->calls_now = 50;
  EXPECT_EQ(it.count(100), (std::vector<int>{0, 100}));
}

TEST(Group, OneHashGoesToOneTarget) {
  Fixture it(rules_of(Method::hash), std::vector<std::uint32_t>(5, 1));
  for (std::uint64_t hash = 1; hash < 200; ++hash) {
    const std::uint16_t first = it.pick(hash)->index;
    EXPECT_EQ(it.pick(hash)->index, first);
  }
  for (const int found : it.count(10'000)) EXPECT_NEAR(found, 2'000, 200);
}

TEST(Group, AHashOfATargetThatFailsMovesAloneAndComesBack) {
  Fixture it(rules_of(Method::hash), std::vector<std::uint32_t>(5, 1));
  std::vector<std::uint16_t> before;
  for (std::uint64_t hash = 0; hash < 1'000; ++hash) before.push_back(it.pick(hash * 7919)->index);
  it.break_down(2);
  std::vector<int> heirs(5);
  for (std::uint64_t hash = 0; hash < 1'000; ++hash) {
    const std::uint16_t now = it.pick(hash * 7919)->index;
    EXPECT_NE(now, 2);
    if (before[hash] != 2) EXPECT_EQ(now, before[hash]);
    if (before[hash] == 2) ++heirs[now];
  }
  for (const std::size_t other : {0U, 1U, 3U, 4U}) EXPECT_GT(heirs[other], 20);  // not all to one neighbour
}

TEST(Group, AHashIsServedElsewhereBeyondTheBoundOfItsTarget) {
  Fixture it(rules_of(Method::hash), {1, 1, 1, 1});
  std::vector<Group::Pick> held;
  for (int i = 0; i < 400; ++i) held.push_back(std::move(*it.pick(42)));
  for (const auto& state : it.states) EXPECT_LE(state->calls_now.load(), 126U);  // 125 % of 100, rounded up
}

TEST(Group, FailuresOpenATargetAndOthersTakeItsCalls) {
  Fixture it(rules_of(Method::round_robin));
  while (it.states[1]->breaker.state() == Breaker::State::closed) {
    auto picked = it.pick();
    picked->index == 1 ? picked->lease.failed(it.now) : picked->lease.succeeded();
    ASSERT_LT(it.turn, 100U);
  }
  EXPECT_EQ(it.states[1]->failures.load(), 5U);
  EXPECT_EQ(it.count(300)[1], 0);
  it.now += it.group->rules().breaker.open;
  std::optional<Group::Pick> trial;
  for (int i = 0; i < 3; ++i) {
    auto picked = it.pick();
    if (picked->index == 1) trial = std::move(picked);
  }
  ASSERT_TRUE(trial);
  EXPECT_EQ(it.count(300)[1], 0) << "one call tries at a time";
  trial->lease.answers(it.now);
  trial.reset();
  EXPECT_EQ(it.count(300)[1], 100);
}

TEST(Group, ATrialWhoseCallVanishesIsGivenBack) {
  Fixture it(rules_of(Method::round_robin), {1});
  it.break_down(0);
  it.now += it.group->rules().breaker.open;
  {
    const auto trial = it.pick();
    ASSERT_TRUE(trial);
    EXPECT_FALSE(it.pick());
  }
  EXPECT_TRUE(it.pick());
}

// Half of them, and of three one.
TEST(Group, NoMoreThanTheShareIsOpenAtATime) {
  for (const auto& [targets, share, open] :
       {std::tuple{2, 50, 1}, {3, 50, 1}, {4, 50, 2}, {1, 50, 0}, {1, 100, 1}, {3, 100, 3}}) {
    GroupRules rules = rules_of(Method::round_robin);
    rules.open_share = static_cast<std::uint32_t>(share);
    Fixture it(rules, std::vector<std::uint32_t>(static_cast<std::size_t>(targets), 1));
    for (int i = 0; i < 100; ++i) {
      if (auto picked = it.pick()) picked->lease.failed(it.now);
    }
    const auto found = std::ranges::count_if(
        it.states, [](const auto& state) { return state->breaker.state() == Breaker::State::open; });
    EXPECT_EQ(found, open) << targets << " targets, " << share << " %";
  }
}

TEST(Group, WithNobodyLeftItSaysWhenToComeBack) {
  GroupRules rules = rules_of(Method::least_requests);
  rules.open_share = 100;
  Fixture it(rules, {1, 1});
  it.break_down(0);
  it.now += milliseconds(1'500);
  it.break_down(1);
  EXPECT_FALSE(it.pick());
  EXPECT_FALSE(it.group->is_busy(it.now));
  EXPECT_EQ(it.group->back_in(it.now), seconds(4));  // the first opened 1.5 s ago for 5 s
  it.now += milliseconds(3'499);
  EXPECT_FALSE(it.pick());
  EXPECT_EQ(it.group->back_in(it.now), seconds(1));
  it.now += milliseconds(1);
  EXPECT_TRUE(it.pick());
}

TEST(Group, ATargetThatFailsItsChecksIsNotAsked) {
  Fixture it(rules_of(Method::least_requests));
  it.states[0]->checked(false, 1, 1, it.now);
  EXPECT_EQ(it.count(300)[0], 0);
  for (const auto& state : it.states) state->checked(false, 1, 1, it.now);
  EXPECT_FALSE(it.pick());
  EXPECT_EQ(it.group->back_in(it.now), seconds(60));
}

TEST(Group, ATargetThatWasTriedIsNotPickedAgain) {
  for (const Method method : {Method::round_robin, Method::least_requests, Method::hash}) {
    Fixture it(rules_of(method));
    for (std::uint64_t i = 0; i < 100; ++i) {
      const std::array<std::uint16_t, 2> tried{0, 2};
      EXPECT_EQ(it.pick(i, tried)->index, 1);
    }
    const std::array<std::uint16_t, 3> all{0, 1, 2};
    EXPECT_FALSE(it.pick(1, all));
  }
}

TEST(Group, TheLimitOfCallsHolds) {
  for (const Method method : {Method::round_robin, Method::least_requests, Method::hash}) {
    GroupRules rules = rules_of(method);
    rules.calls = 4;
    Fixture it(rules);
    std::vector<Group::Pick> held;
    for (int i = 0; i < 12; ++i) {
      auto picked = it.pick(static_cast<std::uint64_t>(i));
      ASSERT_TRUE(picked) << i;
      held.push_back(std::move(*picked));
    }
    EXPECT_FALSE(it.pick());
    EXPECT_TRUE(it.group->is_busy(it.now));
    const std::uint16_t freed = held.back().index;
    held.pop_back();
    EXPECT_EQ(it.pick()->index, freed);
  }
}

TEST(Group, ThreadsTogetherStayWithinTheLimit) {
  GroupRules rules = rules_of(Method::least_requests);
  rules.calls = 3;
  Fixture it(rules, {1, 1});
  std::array<std::atomic<int>, 2> inside{};
  std::atomic<int> over{0};
  std::atomic<int> taken{0};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      threads.emplace_back([&, seed] {
        for (std::uint64_t i = 0; i < 20'000; ++i) {
          std::vector<Group::Pick> held;
          for (int j = 0; j < 3; ++j) {
            if (auto picked = it.group->pick({it.now, seed * 1'000'000 + i * 3 + static_cast<std::uint64_t>(j)})) {
              if (++inside[picked->index] > 3) ++over;
              held.push_back(std::move(*picked));
            }
          }
          taken += static_cast<int>(held.size());
          for (const auto& one : held) --inside[one.index];
        }
      });
    }
  }
  EXPECT_EQ(over, 0);
  EXPECT_GT(taken, 60'000);
  for (const auto& state : it.states) {
    EXPECT_EQ(state->calls_now.load(), 0U);
    EXPECT_GT(state->calls.load(), 0U);
  }
}

TEST(Group, NearTargetsAreKeptToWhileHalfOfThemServe) {
  Fixture it(rules_of(Method::least_requests), {1, 1, 1, 1, 1}, 3);
  std::vector<int> found = it.count(3'000);
  EXPECT_EQ(found[3] + found[4], 0);
  it.break_down(0);
  found = it.count(3'000);
  EXPECT_EQ(found[0] + found[3] + found[4], 0);
  it.break_down(1);
  found = it.count(3'000);
  EXPECT_EQ(found[0] + found[1], 0);
  for (const std::size_t other : {2U, 3U, 4U}) EXPECT_NEAR(found[other], 1'000, 150);
}

TEST(Group, WhatCameBackBeginsSlowly) {
  for (const Method method : {Method::round_robin, Method::least_requests}) {
    GroupRules rules = rules_of(method);
    rules.slow_start = seconds(10);
    Fixture it(rules, {1, 1});
    it.states[1]->begin_slowly(it.now);
    const int cold = it.count(2'000)[1];
    EXPECT_NEAR(cold, 100 + 100 * (method == Method::least_requests), 110);
    it.now += seconds(5);
    const int half = it.count(2'000)[1];
    EXPECT_GT(half, 2 * cold);
    it.now += seconds(5);
    EXPECT_NEAR(it.count(2'000)[1], 1'000, 120);
  }
}

TEST(Group, ALeaseThatMovesIsGivenBackOnce) {
  Fixture it(rules_of(Method::round_robin), {1});
  Lease held;
  {
    auto picked = it.pick();
    held = std::move(picked->lease);
  }
  EXPECT_EQ(it.states[0]->calls_now.load(), 1U);
  held = std::move(it.pick()->lease);
  EXPECT_EQ(it.states[0]->calls_now.load(), 1U);
  held.release();
  held.release();
  EXPECT_EQ(it.states[0]->calls_now.load(), 0U);
  held.failed(it.now);
  EXPECT_EQ(it.states[0]->failures.load(), 0U);
}

TEST(Group, ACallFailsOnceAndCannotSucceedThen) {
  GroupRules rules = rules_of(Method::round_robin);
  rules.breaker.failures = 2;
  rules.open_share = 100;
  Fixture it(rules, {1});
  for (int i = 0; i < 2; ++i) {
    auto picked = it.pick();
    picked->lease.failed(it.now);
    picked->lease.failed(it.now);
    picked->lease.succeeded();
    EXPECT_EQ(it.states[0]->failures.load(), static_cast<std::uint64_t>(i + 1));
  }
  EXPECT_EQ(it.states[0]->breaker.state(), Breaker::State::open);
}

TEST(Group, AnAnswerThatBreaksOffLaterIsNoSuccess) {
  GroupRules rules = rules_of(Method::round_robin);
  rules.breaker.failures = 2;
  rules.open_share = 100;
  Fixture it(rules, {1});
  for (int i = 0; i < 2; ++i) {
    auto picked = it.pick();
    picked->lease.answers(it.now);
    picked->lease.failed(it.now);
  }
  EXPECT_FALSE(it.pick());
}

}  // namespace
}  // namespace sallyport::balance
