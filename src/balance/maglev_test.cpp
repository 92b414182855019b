#include "balance/maglev.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace sallyport::balance {
namespace {

std::vector<std::string> names_of(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("10.0.0." + std::to_string(i) + ":80");
  return names;
}

Maglev table_of(const std::vector<std::string>& names, std::vector<std::uint32_t> weights = {}) {
  std::vector<Maglev::Place> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.push_back({names[i], weights.empty() ? 1 : weights[i]});
  return Maglev(places);
}

TEST(Maglev, EverybodyGetsItsShare) {
  for (const std::size_t count : {1U, 2U, 3U, 10U, 100U}) {
    const Maglev table = table_of(names_of(count));
    std::vector<std::size_t> found(count);
    for (std::size_t i = 0; i < Maglev::size; ++i) ++found[table.at(i)];
    const auto [least, most] = std::ranges::minmax(found);
    EXPECT_LE(most - least, 1U) << count;  // they take turns
  }
}

TEST(Maglev, SharesFollowTheWeights) {
  const Maglev table = table_of(names_of(3), {1, 2, 5});
  std::vector<double> found(3);
  for (std::size_t i = 0; i < Maglev::size; ++i) ++found[table.at(i)];
  EXPECT_NEAR(found[0] / Maglev::size, 0.125, 0.001);
  EXPECT_NEAR(found[1] / Maglev::size, 0.25, 0.001);
  EXPECT_NEAR(found[2] / Maglev::size, 0.625, 0.001);
}

// The paper's figure 12: a few hashes more than those of the target that left.
TEST(Maglev, HardlyAnythingMovesButWhatMust) {
  const auto names = names_of(20);
  const Maglev before = table_of(names);
  for (const std::size_t gone : {0U, 7U, 19U}) {
    auto left = names;
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(gone));
    const Maglev after = table_of(left);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < Maglev::size; ++i) {
      if (before.at(i) != gone && names[before.at(i)] != left[after.at(i)]) ++moved;
    }
    EXPECT_LT(moved, Maglev::size / 20) << gone;  // 5 % of all; without consistency 95 % would
  }
}

TEST(Maglev, TheOrderOfTheTargetsDecidesLittle) {
  auto names = names_of(10);
  const Maglev table = table_of(names);
  const auto original = names;
  std::ranges::reverse(names);
  const Maglev other = table_of(names);
  std::size_t same = 0;
  for (std::size_t i = 0; i < Maglev::size; ++i) same += original[table.at(i)] == names[other.at(i)];
  EXPECT_GT(same, Maglev::size * 8 / 10);
}

}  // namespace
}  // namespace sallyport::balance
