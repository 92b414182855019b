#include "discover/demand.hpp"

#include <array>
#include <random>

#include <gtest/gtest.h>

namespace sallyport::discover {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;

std::uint32_t peak_of(const std::vector<std::int64_t>& times, std::int64_t window = minute) {
  SlidingPeak peak(window);
  for (const std::int64_t time : times) peak.add(time);
  return peak.peak();
}

TEST(SlidingPeak, SlidesAndForgets) {
  EXPECT_EQ(peak_of({}), 0u);
  EXPECT_EQ(peak_of({0, second, 2 * second}), 3u);
  EXPECT_EQ(peak_of({0, 66 * second, 132 * second}), 1u);  // never two within a minute
  EXPECT_EQ(peak_of({58 * second, 62 * second}), 2u);      // across the turn of a minute
  EXPECT_EQ(peak_of({0, 1000 * minute, 1000 * minute}), 2u);
}

TEST(SlidingPeak, TakesTimesOutOfOrder) {
  EXPECT_EQ(peak_of({30 * second, 10 * second, 20 * second}), 3u);
  EXPECT_EQ(peak_of({1000 * minute, 0}), 1u);  // far too late
  EXPECT_EQ(peak_of({-5, 0}), 2u);
}

// By the definition, slowly: never less, and never more than the window and a twelfth before it held.
TEST(SlidingPeak, BoundsTheExactPeak) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int64_t> times;
    std::int64_t at = static_cast<std::int64_t>(random() % 1'000'000'000);
    const std::uint64_t rest = 1 + random() % static_cast<std::uint64_t>(30 * second);
    for (int i = 0; i < 150; ++i) times.push_back(at += static_cast<std::int64_t>(random() % rest));
    const auto exact = [&](std::int64_t window) {
      std::uint32_t most = 0;
      for (const std::int64_t end : times) {
        most = std::max(most, static_cast<std::uint32_t>(std::ranges::count_if(
                                  times, [&](std::int64_t one) { return one <= end && one > end - window; })));
      }
      return most;
    };
    const std::uint32_t seen = peak_of(times);
    EXPECT_GE(seen, exact(minute)) << round;
    EXPECT_LE(seen, exact(minute + minute / 12)) << round;
  }
}

TEST(Percentiles, AreNearestRank) {
  std::vector<std::uint32_t> peaks;
  for (std::uint32_t i = 1; i <= 100; ++i) peaks.push_back(i);
  const Percentiles all = Percentiles::of(peaks);
  EXPECT_EQ(all.median, 50u);
  EXPECT_EQ(all.p95, 95u);
  EXPECT_EQ(all.p99, 99u);
  EXPECT_EQ(all.most, 100u);
  EXPECT_EQ(Percentiles::of({}).most, 0u);
  EXPECT_EQ(Percentiles::of(std::array{7u}).median, 7u);
}

TEST(Demand, CountsEachCallerOfEachGroup) {
  Demand demand;
  for (int i = 0; i < 5; ++i) demand.add("data", "ana", i * second);
  for (int i = 0; i < 2; ++i) demand.add("data", "goran", i * 40 * second);
  demand.add("export", "ana\n", 0);  // a caller is any text
  const auto groups = demand.groups();
  ASSERT_EQ(groups.size(), 2u);
  const Use& data = groups.at("data");
  EXPECT_EQ(data.calls, 7u);
  EXPECT_EQ(data.callers, 2u);
  EXPECT_EQ(data.minute_peaks, (std::vector<std::uint32_t>{2, 5}));
  EXPECT_EQ(data.minute.most, 5u);
  EXPECT_EQ(groups.at("export").hour.most, 1u);
  EXPECT_EQ(demand.left_out(), 0u);
}

TEST(Demand, IsBounded) {
  Demand demand;
  for (std::size_t i = 0; i <= Demand::max_pairs; ++i) demand.add("data", std::to_string(i), 0);
  EXPECT_EQ(demand.left_out(), 1u);
  demand.add("data", "0", 0);  // a caller that is known goes on
  EXPECT_EQ(demand.left_out(), 1u);
}

TEST(SuggestedLimit, LeavesHalfAsMuchAgain) {
  const std::pair<std::uint32_t, std::uint32_t> cases[] = {
      {0, 1}, {1, 2}, {2, 3}, {3, 5}, {4, 10}, {10, 20}, {100, 200}, {333, 500}, {334, 1000}, {UINT32_MAX, UINT32_MAX}};
  for (const auto& [p99, limit] : cases) EXPECT_EQ(suggested_limit(p99), limit) << p99;
}

TEST(Over, CountsCallersAboveTheLimit) {
  const std::vector<std::uint32_t> peaks{1, 2, 2, 9};
  EXPECT_EQ(over(peaks, 0), 4u);
  EXPECT_EQ(over(peaks, 2), 1u);
  EXPECT_EQ(over(peaks, 9), 0u);
}

}  // namespace
}  // namespace sallyport::discover
