// Each algorithm against a slow exact oracle, with a clock that stands still, goes back and jumps.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "shared/limit.hpp"

namespace sallyport::shared {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t start = 1'700'000'000 * second;

struct Taken {
  std::int64_t at;
  std::uint32_t cost;
};

// Most units within any span of that length that ends at a taking.
std::uint64_t most_within(const std::vector<Taken>& taken, std::int64_t length) {
  std::uint64_t most = 0;
  for (std::size_t end = 0; end < taken.size(); ++end) {
    std::uint64_t sum = 0;
    for (std::size_t i = end + 1; i-- > 0 && taken[i].at > taken[end].at - length;) sum += taken[i].cost;
    most = std::max(most, sum);
  }
  return most;
}

// Drives one limit with hurried, idle and broken clocks; what was admitted, at a time that goes on
// as the clock does and stands still when the clock goes back.
template <class Value>
std::vector<Taken> drive(const Limit& limit, std::uint32_t seed, bool broken_clock,
                         std::vector<Outcome>* all = nullptr) {
  std::mt19937 random(seed);
  Value cell;
  std::vector<Taken> taken;
  std::int64_t now = start;
  std::int64_t before = now;
  std::int64_t passed = 0;
  const std::int64_t step = std::max<std::int64_t>(1, limit.window_us / limit.amount);
  for (int i = 0; i < 3000; ++i) {
    switch (random() % 8) {
      case 0:
        break;
      case 1:
        now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit.window_us / 3 + 1));
        break;
      default:
        now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(step + 1));
        break;
    }
    if (broken_clock && random() % 60 == 0) now += random() % 2 == 0 ? hour : -hour;
    if (broken_clock && random() % 20 == 0)
      now -= static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit.window_us));
    const std::uint32_t cost = random() % 4 == 0 ? 1 + random() % 3 : 1;
    Outcome out;
    if constexpr (std::is_same_v<Value, Cell>) {
      out = take(limit, cell, now, cost, 0);
    } else {
      out = take(limit, cell, now, cost);
    }
    if (all != nullptr) all->push_back(out);
    passed += std::max<std::int64_t>(0, now - before);
    before = now;
    if (out.admitted) taken.push_back({passed, cost});
  }
  return taken;
}

TEST(Window, NeverAdmitsMoreThanItsAmountWithinAnyWindow) {
  for (const std::uint32_t amount : {1u, 2u, 5u, 10u, 11u, 60u, 300u}) {
    for (const std::int64_t window : {second / 1000, second, 60 * second, hour}) {
      const Limit limit{Algorithm::window, amount, window, 1};
      ASSERT_TRUE(limit.is_sound());
      for (std::uint32_t seed = 0; seed < 4; ++seed) {
        const auto taken = drive<LongCell>(limit, seed, seed % 2 == 1);
        EXPECT_FALSE(taken.empty());
        ASSERT_LE(most_within(taken, window), amount) << amount << " in " << window << " seed " << seed;
      }
    }
  }
}

TEST(Window, SmallIsTheExactLog) {
  const Limit limit{Algorithm::window, 5, 60 * second, 1};
  std::mt19937 random(7);
  LongCell cell;
  std::vector<std::int64_t> log;
  std::int64_t now = start;  // whole milliseconds: the log's resolution
  for (int i = 0; i < 5000; ++i) {
    now += static_cast<std::int64_t>(random() % 30'000) * 1000;
    std::erase_if(log, [&](std::int64_t at) { return now - at >= limit.window_us; });
    const std::uint32_t cost = 1 + random() % 2;
    const bool expected = log.size() + cost <= limit.amount;
    const Outcome out = take(limit, cell, now, cost);
    ASSERT_EQ(out.admitted, expected) << i;
    if (expected) log.insert(log.end(), cost, now);
    ASSERT_EQ(out.remaining, limit.amount - log.size());
    if (!expected) {
      // Exactly after wait_us enough of them are gone.
      const std::int64_t then = now + out.wait_us;
      const auto left = static_cast<std::size_t>(
          std::ranges::count_if(log, [&](std::int64_t at) { return then - at < limit.window_us; }));
      ASSERT_LE(left + cost, limit.amount);
      ASSERT_GT(std::ranges::count_if(log, [&](std::int64_t at) { return then - 1000 - at < limit.window_us; }) + cost,
                limit.amount);
    }
  }
}

TEST(Window, LargeGivesASteadyClientTenElevenths) {
  const Limit limit{Algorithm::window, 300, 60 * second, 1};
  LongCell cell;
  std::uint32_t admitted = 0;
  for (std::int64_t t = 0; t < 600 * second; t += 100'000)
    admitted += take(limit, cell, start + t, 1).admitted ? 1u : 0u;
  EXPECT_LE(admitted, 3000u + 300u);
  EXPECT_GE(admitted, 3000u * 10 / 11);
}

TEST(Window, WaitIsEnoughAndNotIdle) {
  for (const std::uint32_t amount : {3u, 100u}) {
    const Limit limit{Algorithm::window, amount, 60 * second, 1};
    LongCell cell;
    std::int64_t now = start + 123'456;
    for (std::uint32_t i = 0; i < amount; ++i) ASSERT_TRUE(take(limit, cell, now += 1000, 1).admitted);
    const Outcome refused = take(limit, cell, now, 1);
    ASSERT_FALSE(refused.admitted);
    EXPECT_LE(refused.wait_us, 66 * second);
    LongCell early = cell;
    EXPECT_FALSE(take(limit, early, now + refused.wait_us - 1000, 1).admitted);
    EXPECT_TRUE(take(limit, cell, now + refused.wait_us, 1).admitted);
  }
}

TEST(Window, AClockThatGoesBackClosesItForOneWindowAtMost) {
  for (const std::uint32_t amount : {3u, 100u}) {
    const Limit limit{Algorithm::window, amount, 60 * second, 1};
    LongCell cell;
    ASSERT_TRUE(take(limit, cell, start, amount).admitted);
    EXPECT_FALSE(take(limit, cell, start - hour, 1).admitted);
    EXPECT_TRUE(take(limit, cell, start - hour + 67 * second, 1).admitted);
  }
}

TEST(Bucket, NeverAdmitsMoreThanBurstAndRateOverAnySpan) {
  for (const auto& [amount, burst] : {std::pair{100u, 100u}, {100u, 1u}, {7u, 3u}, {1000u, 20u}}) {
    const Limit limit{Algorithm::bucket, amount, second, burst};
    ASSERT_TRUE(limit.is_sound());
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
      const auto taken = drive<Cell>(limit, seed, seed % 2 == 1);
      for (std::size_t end = 0; end < taken.size(); ++end) {
        std::uint64_t sum = 0;
        for (std::size_t i = end + 1; i-- > 0;) {
          sum += taken[i].cost;
          const std::int64_t span = taken[end].at - taken[i].at;
          ASSERT_LE(sum, burst + static_cast<std::uint64_t>(span) * amount / second + 1) << "seed " << seed;
          if (end - i > 400) break;
        }
      }
    }
  }
}

// The bucket as it is defined: a real number of units that fills with time.
TEST(Bucket, AgreesWithItsDefinition) {
  const Limit limit{Algorithm::bucket, 10, second, 5};
  std::mt19937 random(3);
  Cell cell;
  std::int64_t units = 5 * second;  // in millionths, filled by 10 a microsecond
  std::int64_t now = start;
  for (int i = 0; i < 20'000; ++i) {
    const auto passed = static_cast<std::int64_t>(random() % 200'000);
    now += passed;
    units = std::min<std::int64_t>(5 * second, units + passed * 10);
    const std::uint32_t cost = 1 + random() % 3;
    const bool expected = units >= cost * second;
    const Outcome out = take(limit, cell, now, cost, 0);
    ASSERT_EQ(out.admitted, expected) << i;
    if (expected) units -= cost * second;
    ASSERT_EQ(out.remaining, units / second);
    if (!expected) ASSERT_EQ(out.wait_us, (cost * second - units + 9) / 10);
  }
}

TEST(Bucket, WhatIsMoreThanTheBurstIsNeverAdmitted) {
  const Limit limit{Algorithm::bucket, 10, second, 5};
  Cell cell;
  EXPECT_EQ(take(limit, cell, start, 6, 0).wait_us, Outcome::never_us);
  EXPECT_TRUE(take(limit, cell, start, 5, 0).admitted);
}

TEST(Bucket, AClockThatGoesBackClosesItUntilItIsFullAtMost) {
  const Limit limit{Algorithm::bucket, 10, second, 5};
  Cell cell;
  ASSERT_TRUE(take(limit, cell, start, 5, 0).admitted);
  EXPECT_FALSE(take(limit, cell, start - hour, 1, 0).admitted);
  EXPECT_TRUE(take(limit, cell, start - hour + second / 2, 1, 0).admitted);
}

TEST(Bucket, WhatIsGivenBackCanBeTakenAgain) {
  const Limit limit{Algorithm::bucket, 10, second, 5};
  Cell cell;
  ASSERT_TRUE(take(limit, cell, start, 5, 0).admitted);
  give_back(limit, cell, start, 2);
  EXPECT_EQ(take(limit, cell, start, 0, 0).remaining, 2u);
  EXPECT_TRUE(take(limit, cell, start, 2, 0).admitted);
  EXPECT_FALSE(take(limit, cell, start, 1, 0).admitted);
  give_back(limit, cell, start, 1'000'000);
  EXPECT_EQ(cell.until, 0) << "never more than was in it";
  EXPECT_TRUE(take(limit, cell, start, 5, 0).admitted);
  EXPECT_FALSE(take(limit, cell, start, 1, 0).admitted);
}

TEST(Quota, CountsWithinOnePeriod) {
  const Limit limit{Algorithm::quota, 3, 0, 1};
  Cell cell;
  const std::int64_t midnight = start + hour;
  EXPECT_TRUE(take(limit, cell, start, 2, midnight).admitted);
  const Outcome refused = take(limit, cell, start, 2, midnight);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.remaining, 1u);
  EXPECT_EQ(refused.wait_us, hour);
  EXPECT_TRUE(take(limit, cell, start, 1, midnight).admitted);
  EXPECT_TRUE(take(limit, cell, midnight, 3, midnight + 24 * hour).admitted);
  // Back over midnight: still the new day's counter.
  EXPECT_FALSE(take(limit, cell, midnight - 1, 1, midnight).admitted);
}

TEST(Concurrency, CountsWhatIsNotGivenBack) {
  const Limit limit{Algorithm::concurrency, 2, 60 * second, 1};
  Cell cell;
  EXPECT_TRUE(take(limit, cell, start, 1, 0).admitted);
  EXPECT_TRUE(take(limit, cell, start, 1, 0).admitted);
  EXPECT_FALSE(take(limit, cell, start, 1, 0).admitted);
  give_back(cell, 1);
  EXPECT_TRUE(take(limit, cell, start, 1, 0).admitted);
  EXPECT_FALSE(take(limit, cell, start + 59 * second, 1, 0).admitted);
  EXPECT_TRUE(take(limit, cell, start + 60 * second, 1, 0).admitted) << "what was lost ends";
  give_back(cell, 100);
  EXPECT_EQ(cell.count, 0u);
}

TEST(Limit, SoundAtItsBoundsAndNotBeyond) {
  const auto sound = [](Algorithm algorithm, std::uint32_t amount, std::int64_t window, std::uint32_t burst) {
    return Limit{algorithm, amount, window, burst}.is_sound();
  };
  EXPECT_TRUE(sound(Algorithm::window, Limit::max_amount, Limit::max_window_us, 1));
  EXPECT_FALSE(sound(Algorithm::window, Limit::max_amount + 1, second, 1));
  EXPECT_FALSE(sound(Algorithm::window, 0, second, 1));
  EXPECT_FALSE(sound(Algorithm::window, 1, Limit::max_window_us + 1, 1));
  EXPECT_TRUE(sound(Algorithm::window, 1, 1000, 1));
  EXPECT_FALSE(sound(Algorithm::window, 1, 999, 1));
  EXPECT_FALSE(sound(Algorithm::bucket, 1, second, 0));
  EXPECT_TRUE(sound(Algorithm::bucket, 1, Limit::max_window_us, 1));
  EXPECT_FALSE(sound(Algorithm::bucket, 1, Limit::max_window_us, 2));
}

}  // namespace
}  // namespace sallyport::shared
