#include "jose/verified_tokens.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::jose {
namespace {

TEST(VerifiedTokens, KnowWhatWasAdded) {
  VerifiedTokens tokens(16);
  const auto one = tokens.digest("one", 1);
  EXPECT_FALSE(tokens.has(one));
  tokens.add(one);
  EXPECT_TRUE(tokens.has(tokens.digest("one", 1)));
  EXPECT_FALSE(tokens.has(tokens.digest("onf", 1)));
}

TEST(VerifiedTokens, OtherKeysAreAnotherQuestion) {
  VerifiedTokens tokens(16);
  tokens.add(tokens.digest("one", 1));
  EXPECT_FALSE(tokens.has(tokens.digest("one", 2)));
}

TEST(VerifiedTokens, HalvesOfTwoEntriesAreNone) {
  VerifiedTokens tokens(1);
  const VerifiedTokens::Digest a{1, 2};
  const VerifiedTokens::Digest b{3, 4};
  tokens.add(a);
  tokens.add(b);
  EXPECT_FALSE(tokens.has(a));
  EXPECT_FALSE(tokens.has({a.low, b.high}));
  EXPECT_FALSE(tokens.has({b.low, a.high}));
  EXPECT_TRUE(tokens.has(b));
}

TEST(VerifiedTokens, AreBounded) {
  VerifiedTokens tokens(16);
  for (int i = 0; i < 1000; ++i) tokens.add(tokens.digest(std::to_string(i), 1));
  int kept = 0;
  for (int i = 0; i < 1000; ++i) kept += tokens.has(tokens.digest(std::to_string(i), 1)) ? 1 : 0;
  EXPECT_LE(kept, 16);
  EXPECT_GT(kept, 0);
}

// Empty places must not answer for a digest of zeros.
TEST(VerifiedTokens, AnEmptyTableKnowsNothing) { EXPECT_FALSE(VerifiedTokens(4).has({0, 0})); }

}  // namespace
}  // namespace sallyport::jose
