#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace sallyport {
namespace {

TEST(Random, FillsEveryByte) {
  // More than one call of the kernel gives without interruption (256 bytes).
  std::vector<unsigned char> sum(4096);
  for (int round = 0; round < 8; ++round) {
    std::vector<unsigned char> bytes(sum.size());
    ASSERT_TRUE(fill_random(bytes));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = static_cast<unsigned char>(sum[i] | bytes[i]);
  }
  // That a byte is zero eight times in a row has a probability of 2^-64 for each.
  EXPECT_EQ(std::ranges::count(sum, 0), 0);
}

TEST(Random, ValuesDiffer) {
  using Key = std::array<std::uint64_t, 2>;
  EXPECT_NE(random_value<Key>(), random_value<Key>());
}

}  // namespace
}  // namespace sallyport
