#include "balance/breaker.hpp"

#include <gtest/gtest.h>

#include "balance/retry_budget.hpp"
#include "balance/target_state.hpp"

namespace sallyport::balance {
namespace {

using std::chrono::milliseconds;

constexpr BreakerRules rules{3, milliseconds(1'000), milliseconds(100), milliseconds(350)};
constexpr Instant start{50'000};

// Lets it fail as often as the rules allow, and opens it.
void open(Breaker& breaker, Instant now) {
  for (std::uint32_t i = 1; i < rules.failures; ++i) ASSERT_FALSE(breaker.failed(false, now, rules));
  ASSERT_TRUE(breaker.failed(false, now, rules));
  breaker.open(now, rules);
}

TEST(Breaker, LetsEverythingPassUntilItOpens) {
  Breaker breaker;
  EXPECT_EQ(breaker.admit(start), Breaker::Pass::yes);
  EXPECT_EQ(breaker.state(), Breaker::State::closed);
  open(breaker, start);
  EXPECT_EQ(breaker.state(), Breaker::State::open);
  EXPECT_EQ(breaker.admit(start), Breaker::Pass::no);
  EXPECT_FALSE(breaker.is_passable(start));
}

TEST(Breaker, ASuccessBeginsTheCountAnew) {
  Breaker breaker;
  EXPECT_FALSE(breaker.failed(false, start, rules));
  EXPECT_FALSE(breaker.failed(false, start, rules));
  EXPECT_FALSE(breaker.succeeded(false));
  EXPECT_FALSE(breaker.failed(false, start, rules));
  EXPECT_FALSE(breaker.failed(false, start, rules));
  EXPECT_TRUE(breaker.failed(false, start, rules));
}

TEST(Breaker, AFailureAfterTheWindowCountsAnew) {
  Breaker breaker;
  EXPECT_FALSE(breaker.failed(false, start, rules));
  EXPECT_FALSE(breaker.failed(false, start, rules));
  EXPECT_FALSE(breaker.failed(false, start + rules.window + milliseconds(1), rules));
  Breaker within;
  EXPECT_FALSE(within.failed(false, start, rules));
  EXPECT_FALSE(within.failed(false, start, rules));
  EXPECT_TRUE(within.failed(false, start + rules.window, rules));
}

TEST(Breaker, OneCallTriesWhenItsTimeIsOver) {
  Breaker breaker;
  open(breaker, start);
  EXPECT_EQ(breaker.admit(start + milliseconds(99)), Breaker::Pass::no);
  EXPECT_TRUE(breaker.is_passable(start + milliseconds(100)));
  EXPECT_EQ(breaker.admit(start + milliseconds(100)), Breaker::Pass::trial);
  EXPECT_EQ(breaker.state(), Breaker::State::trying);
  EXPECT_FALSE(breaker.is_passable(start + milliseconds(100)));
  EXPECT_EQ(breaker.admit(start + milliseconds(100)), Breaker::Pass::no);
  EXPECT_TRUE(breaker.succeeded(true));
  EXPECT_EQ(breaker.state(), Breaker::State::closed);
  EXPECT_EQ(breaker.admit(start + milliseconds(100)), Breaker::Pass::yes);
}

TEST(Breaker, ATrialThatEndsWithoutAWordLeavesTheNextOneTry) {
  Breaker breaker;
  open(breaker, start);
  ASSERT_EQ(breaker.admit(start + milliseconds(100)), Breaker::Pass::trial);
  breaker.dropped(true);
  EXPECT_EQ(breaker.admit(start + milliseconds(100)), Breaker::Pass::trial);
}

TEST(Breaker, CallsOfBeforeItsOpeningNeitherCloseNorProlongIt) {
  Breaker breaker;
  open(breaker, start);
  EXPECT_FALSE(breaker.succeeded(false));
  EXPECT_EQ(breaker.state(), Breaker::State::open);
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(breaker.failed(false, start + milliseconds(50), rules));
  EXPECT_EQ(breaker.open_until(), start + milliseconds(100));
}

TEST(Breaker, EachOpeningInARowTakesTwiceAsLongUpToTheLongest) {
  Breaker breaker;
  open(breaker, start);
  Instant now = start;
  for (const int time : {100, 200, 350, 350}) {
    EXPECT_EQ(breaker.open_until() - now, milliseconds(time));
    now = breaker.open_until();
    ASSERT_EQ(breaker.admit(now), Breaker::Pass::trial);
    EXPECT_FALSE(breaker.failed(true, now, rules));
  }
  EXPECT_EQ(breaker.openings(), 5U);
  now = breaker.open_until();
  ASSERT_EQ(breaker.admit(now), Breaker::Pass::trial);
  EXPECT_TRUE(breaker.succeeded(true));
  open(breaker, now);
  EXPECT_EQ(breaker.open_until() - now, milliseconds(100));
}

TEST(Breaker, NeverOpensWithoutANumberOfFailures) {
  Breaker breaker;
  BreakerRules off = rules;
  off.failures = 0;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(breaker.failed(false, start, off));
}

TEST(RetryBudget, IsAShareOfTheCallsAndAFewAtFirst) {
  RetryBudget budget;
  for (int i = 0; i < RetryBudget::at_first; ++i) EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
  for (int i = 0; i < 4; ++i) budget.call(20);
  EXPECT_FALSE(budget.take());
  budget.call(20);
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
}

TEST(RetryBudget, SavesUpNoMoreThanItsMost) {
  RetryBudget budget;
  for (int i = 0; i < 100'000; ++i) budget.call(50);
  int taken = 0;
  while (budget.take()) ++taken;
  EXPECT_EQ(taken, RetryBudget::most);
}

TEST(TargetState, ChecksInARowDecide) {
  TargetState state;
  EXPECT_FALSE(state.checked(false, 2, 3, start));
  EXPECT_FALSE(state.checked(false, 2, 3, start));
  EXPECT_FALSE(state.checked(true, 2, 3, start));
  EXPECT_FALSE(state.checked(false, 2, 3, start));
  EXPECT_FALSE(state.checked(false, 2, 3, start));
  EXPECT_FALSE(state.is_down());
  EXPECT_TRUE(state.checked(false, 2, 3, start));
  EXPECT_TRUE(state.is_down());
  EXPECT_FALSE(state.checked(true, 2, 3, start));
  EXPECT_FALSE(state.checked(false, 2, 3, start));
  EXPECT_FALSE(state.checked(true, 2, 3, start));
  EXPECT_TRUE(state.is_down());
  EXPECT_TRUE(state.checked(true, 2, 3, start));
  EXPECT_FALSE(state.is_down());
}

TEST(TargetState, WithoutChecksItIsUpAgain) {
  TargetState state;
  EXPECT_TRUE(state.checked(false, 1, 1, start));
  state.forget_checks();
  EXPECT_FALSE(state.is_down());
}

TEST(TargetState, WarmsUpFromATenthToAllOfItsShare) {
  TargetState state;
  EXPECT_EQ(state.warmth(start, milliseconds(1'000)), 256U);
  state.begin_slowly(start);
  EXPECT_EQ(state.warmth(start, milliseconds(1'000)), 26U);
  EXPECT_EQ(state.warmth(start + milliseconds(500), milliseconds(1'000)), 141U);
  EXPECT_EQ(state.warmth(start + milliseconds(1'000), milliseconds(1'000)), 256U);
  EXPECT_EQ(state.warmth(start, milliseconds(0)), 256U);
}

}  // namespace
}  // namespace sallyport::balance
