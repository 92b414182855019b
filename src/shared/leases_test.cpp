// Leases: what a node decides by itself is never more than the shared counter gave it.
#include "shared/leases.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

namespace sallyport::shared {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;
constexpr SipKey key{7};
constexpr Limit large{Algorithm::window, 1000, 60 * second, 1};
constexpr Limit small{Algorithm::window, 5, 60 * second, 1};
constexpr Limit places{Algorithm::concurrency, 2, 60 * second, 1};

// The shared counter as one state machine, and how often it was asked.
struct Central {
  std::map<std::uint64_t, LongCell> cells;
  int asked = 0;
  Grant grant(const Ask& ask, std::int64_t now) {
    ++asked;
    LongCell& cell = cells[ask.key];
    LongCell probe = cell;
    const Outcome now_left = take(ask.limit, probe, now, 0);
    const std::uint32_t lot = ask.fraction == 0 ? ask.least : std::max(ask.least, now_left.remaining / ask.fraction);
    const Outcome out = take(ask.limit, cell, now, lot <= now_left.remaining ? lot : ask.least);
    return {true, out.admitted ? (lot <= now_left.remaining ? lot : ask.least) : 0, out.remaining, out.wait_us,
            out.reset_us};
  }
};

struct Node {
  MemoryStore store{MemoryStore::min_budget * 8, key};
  Leases leases{store};
  std::array<Outcome, MemoryStore::max_questions> outcomes;
  Leases::Held held;
  std::array<Ask, MemoryStore::max_questions> asks;

  bool call(Central& central, std::vector<Question> questions, std::int64_t now) {
    const auto said = std::span(outcomes.data(), questions.size());
    switch (leases.decide(questions, said, asks, held, now)) {
      case Leases::Step::admitted:
        return true;
      case Leases::Step::refused:
        return false;
      case Leases::Step::ask:
        break;
    }
    std::vector<Grant> grants;
    for (std::size_t i = 0; i < held.count; ++i) grants.push_back(central.grant(asks[i], now));
    bool admitted = false;
    EXPECT_TRUE(leases.settle(questions, said, grants, held, now, admitted));
    return admitted;
  }
};

TEST(Leases, FourNodesAdmitTheLimitAndAskLittle) {
  Central central;
  std::array<Node, 4> nodes;
  for (Node& node : nodes) node.leases.set_nodes(4);
  int admitted = 0;
  for (int i = 0; i < 4000; ++i) admitted += nodes[i % 4].call(central, {{&large, 1, 1, 0}}, start + i * 100) ? 1 : 0;
  EXPECT_LE(admitted, 1000);
  EXPECT_GE(admitted, 990);
  EXPECT_LT(central.asked, 700);
}

TEST(Leases, ARefusalIsRememberedUntilItEnds) {
  Central central;
  Node node;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(node.call(central, {{&small, 1, 1, 0}}, start + i));
  EXPECT_FALSE(node.call(central, {{&small, 1, 1, 0}}, start + 10));
  const int asked = central.asked;
  EXPECT_FALSE(node.call(central, {{&small, 1, 1, 0}}, start + 20));
  EXPECT_EQ(central.asked, asked);
  EXPECT_GT(node.outcomes[0].wait_us, 59 * second);
  EXPECT_TRUE(node.call(central, {{&small, 1, 1, 0}}, start + 61 * second));
}

// Whoever spends the last unit of a lot leaves no refusal behind.
TEST(Leases, AnEmptyLotIsAskedForAgain) {
  Central central;
  Node node;
  EXPECT_TRUE(node.call(central, {{&small, 9, 1, 0}}, start));
  EXPECT_TRUE(node.call(central, {{&small, 9, 1, 0}}, start + 1));
}

TEST(Leases, AllAreChargedOrNone) {
  Central central;
  Node node;
  const std::vector<Question> both{{&large, 1, 1, 0}, {&small, 2, 1, 0}};
  int admitted = 0;
  for (int i = 0; i < 50; ++i) admitted += node.call(central, both, start + i) ? 1 : 0;
  EXPECT_EQ(admitted, 5);
  // What the large limit gave for refused calls is still there to be spent.
  admitted = 0;
  for (int i = 0; i < 2000; ++i) admitted += node.call(central, {{&large, 1, 1, 0}}, start + 100 + i) ? 1 : 0;
  EXPECT_EQ(admitted, 995);
}

TEST(Leases, WhatIsNotSpentInTimeIsLost) {
  Central central;
  Node node;
  EXPECT_TRUE(node.call(central, {{&large, 1, 1, 0}}, start));
  const int asked = central.asked;
  EXPECT_TRUE(node.call(central, {{&large, 1, 1, 0}}, start + Leases::life_us - 1));
  EXPECT_EQ(central.asked, asked);
  EXPECT_TRUE(node.call(central, {{&large, 1, 1, 0}}, start + Leases::life_us));
  EXPECT_EQ(central.asked, asked + 1);
}

TEST(Leases, WhileOneAsksForALotOthersAskForThemselves) {
  Node node;
  const std::vector<Question> question{{&large, 1, 1, 0}};
  const auto said = std::span(node.outcomes.data(), 1);
  Leases::Held first, second_held;
  std::array<Ask, 1> a, b;
  ASSERT_EQ(node.leases.decide(question, said, a, first, start), Leases::Step::ask);
  ASSERT_EQ(node.leases.decide(question, said, b, second_held, start), Leases::Step::ask);
  EXPECT_EQ(a[0].fraction, Leases::lots);
  EXPECT_EQ(b[0].fraction, 0u);
}

TEST(Leases, WithoutAnAnswerNothingIsDecidedAndNothingLost) {
  Central central;
  Node node;
  EXPECT_TRUE(node.call(central, {{&large, 1, 1, 0}}, start));  // a lot of 20
  const std::vector<Question> both{{&large, 1, 1, 0}, {&small, 2, 1, 0}};
  const auto said = std::span(node.outcomes.data(), 2);
  ASSERT_EQ(node.leases.decide(both, said, node.asks, node.held, start + 1), Leases::Step::ask);
  bool admitted = true;
  EXPECT_FALSE(node.leases.settle(both, said, {}, node.held, start + 1, admitted));
  EXPECT_FALSE(admitted);
  const int asked = central.asked;
  for (int i = 0; i < 19; ++i) EXPECT_TRUE(node.call(central, {{&large, 1, 1, 0}}, start + 2));
  EXPECT_EQ(central.asked, asked);
}

TEST(Leases, AloneEachNodeHasItsShare) {
  Node node;
  node.leases.set_nodes(4);
  int admitted = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<Question> question{{&large, 1, 1, 0}};
    admitted += node.leases.decide_alone(question, std::span(node.outcomes.data(), 1), start + i) ? 1 : 0;
  }
  EXPECT_EQ(admitted, 250);
}

TEST(Leases, PlacesAreOfThisNode) {
  Central central;
  Node node;
  EXPECT_TRUE(node.call(central, {{&places, 1, 1, 0}}, start));
  EXPECT_TRUE(node.call(central, {{&places, 1, 1, 0}}, start));
  EXPECT_FALSE(node.call(central, {{&places, 1, 1, 0}}, start));
  EXPECT_EQ(central.asked, 0);
  node.store.give_back(1, 1);
  EXPECT_TRUE(node.call(central, {{&places, 1, 1, 0}}, start));
}

TEST(Leases, AClockThatGoesBackEndsNoOneForLong) {
  Central central;
  Node node;
  constexpr std::int64_t quota_end = start + 3600 * second;
  constexpr Limit quota{Algorithm::quota, 1, 0, 1};
  Leases::Held held;
  const std::vector<Question> question{{&quota, 1, 1, quota_end}};
  ASSERT_EQ(node.leases.decide(question, std::span(node.outcomes.data(), 1), node.asks, held, start),
            Leases::Step::ask);
  bool admitted = true;
  const Grant refused{true, 0, 0, 3600 * second, 3600 * second};
  ASSERT_TRUE(node.leases.settle(question, std::span(node.outcomes.data(), 1), {&refused, 1}, held, start, admitted));
  EXPECT_FALSE(admitted);
  const std::vector<Question> earlier{{&quota, 1, 1, start - 3600 * second}};
  EXPECT_EQ(node.leases.decide(earlier, std::span(node.outcomes.data(), 1), node.asks, held, start - 7200 * second),
            Leases::Step::ask);
}

}  // namespace
}  // namespace sallyport::shared
