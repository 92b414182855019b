#include "base/siphash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport {
namespace {

// The vectors of the reference implementation: key 00..0f, input 00, 00 01, …
TEST(SipHash, MatchesThePublishedVectors) {
  SipKey key;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  std::string input;
  EXPECT_EQ(siphash(key, input), 0x726fdb47dd0e0e31u);
  for (char i = 0; i < 15; ++i) input.push_back(i);
  EXPECT_EQ(siphash(key, std::string_view(input).substr(0, 1)), 0x74f839c593dc67fdu);
  EXPECT_EQ(siphash(key, std::string_view(input).substr(0, 8)), 0x93f5f5799a932462u);
  EXPECT_EQ(siphash(key, input), 0xa129ca6149be45e5u);
}

TEST(SipHash, DependsOnTheKey) {
  SipKey other{};
  other[15] = 1;
  EXPECT_NE(siphash(SipKey{}, "credential"), siphash(other, "credential"));
}

}  // namespace
}  // namespace sallyport
