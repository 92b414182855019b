// Every budget at n and n+1, whatever pieces the bytes come in.
#include "gateway/http2_budget.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::gateway {
namespace {

using namespace std::chrono_literals;

std::string frame(int type, int flags, std::size_t size) {
  std::string out{static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size),
                  static_cast<char>(type), static_cast<char>(flags)};
  return out + std::string(4, '\1') + std::string(size, 'x');
}

std::string times(std::size_t count, const std::string& what) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += what;
  return out;
}

// As one piece, and byte by byte.
void expect_budget(std::uint32_t allowed, const std::string& one) {
  FrameBudget whole(FrameBudget::From::client);
  EXPECT_TRUE(whole.take(times(allowed, one), 0ms));
  EXPECT_FALSE(whole.take(one, 0ms));
  FrameBudget pieces(FrameBudget::From::client);
  const std::string all = times(allowed, one);
  for (const char& byte : all) ASSERT_TRUE(pieces.take({&byte, 1}, 0ms));
  EXPECT_FALSE(pieces.take(one, 0ms));
}

TEST(FrameBudget, Resets) { expect_budget(FrameBudget::resets, frame(3, 0, 4)); }
TEST(FrameBudget, ResetsOfAnUpstreamAreNotCounted) {
  FrameBudget budget(FrameBudget::From::upstream);
  EXPECT_TRUE(budget.take(times(FrameBudget::resets + 1, frame(3, 0, 4)), 0ms));
  EXPECT_TRUE(budget.take_reset(0ms));
}
TEST(FrameBudget, Pings) { expect_budget(FrameBudget::pings, frame(6, 0, 8)); }
TEST(FrameBudget, Settings) { expect_budget(FrameBudget::settings, frame(4, 0, 6)); }
TEST(FrameBudget, Priorities) { expect_budget(FrameBudget::idle_frames, frame(2, 0, 5)); }
TEST(FrameBudget, WindowUpdates) { expect_budget(FrameBudget::idle_frames, frame(8, 0, 4)); }
TEST(FrameBudget, UnknownTypes) { expect_budget(FrameBudget::idle_frames, frame(77, 0, 3)); }
TEST(FrameBudget, EmptyData) { expect_budget(FrameBudget::idle_frames, frame(0, 0, 0)); }

TEST(FrameBudget, DataIsFree) {
  FrameBudget budget(FrameBudget::From::client);
  EXPECT_TRUE(budget.take(times(20'000, frame(0, 0, 1)), 0ms));
  EXPECT_TRUE(budget.take(times(20'000, frame(0, 1, 0)), 0ms));
}

TEST(FrameBudget, Continuations) {
  const std::string block = frame(1, 0, 10);
  FrameBudget allowed(FrameBudget::From::client);
  EXPECT_TRUE(allowed.take(block + times(8, frame(9, 0, 10)), 0ms));
  FrameBudget over(FrameBudget::From::client);
  EXPECT_FALSE(over.take(block + times(9, frame(9, 0, 10)), 0ms));
  FrameBudget again(FrameBudget::From::client);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(again.take(block + times(7, frame(9, 0, 0)) + frame(9, 4, 0), 0ms));
}

TEST(TokenBucket, TimeGivesTokensBack) {
  TokenBucket bucket(10, 33);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(0ms));
  EXPECT_FALSE(bucket.take(30ms));
  EXPECT_TRUE(bucket.take(40ms));
  EXPECT_FALSE(bucket.take(40ms));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(1h));
  EXPECT_FALSE(bucket.take(1h));
}

TEST(FrameBudget, OwnResetsCount) {
  FrameBudget budget(FrameBudget::From::client);
  for (std::uint32_t i = 0; i < FrameBudget::resets; ++i) EXPECT_TRUE(budget.take_reset(0ms));
  EXPECT_FALSE(budget.take_reset(0ms));
  EXPECT_FALSE(budget.take(frame(3, 0, 4), 0ms));
}

TEST(FrameBudget, WhatIsSentEarns) {
  FrameBudget budget(FrameBudget::From::client);
  EXPECT_TRUE(budget.take(times(FrameBudget::idle_frames, frame(8, 0, 4)), 0ms));
  budget.earn();
  EXPECT_TRUE(budget.take(times(FrameBudget::idle_frames_earned, frame(8, 0, 4)), 0ms));
  EXPECT_FALSE(budget.take(frame(8, 0, 4), 0ms));
}

TEST(FrameBudget, PrefaceIsNoFrame) {
  FrameBudget budget(FrameBudget::From::client, FrameBudget::preface);
  EXPECT_TRUE(budget.take("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0ms));
  EXPECT_FALSE(budget.unfinished());
  EXPECT_EQ(budget.finished(), 0u);
}

TEST(FrameBudget, KnowsWhatIsUnfinished) {
  FrameBudget budget(FrameBudget::From::client);
  EXPECT_FALSE(budget.unfinished());
  EXPECT_TRUE(budget.take(frame(1, 0, 5), 0ms));  // without END_HEADERS
  EXPECT_TRUE(budget.unfinished());
  EXPECT_EQ(budget.finished(), 0u);
  EXPECT_TRUE(budget.take(frame(9, 4, 5), 0ms));
  EXPECT_FALSE(budget.unfinished());
  EXPECT_EQ(budget.finished(), 1u);
  EXPECT_TRUE(budget.take(frame(6, 0, 8).substr(0, 5), 0ms));
  EXPECT_TRUE(budget.unfinished());
  EXPECT_TRUE(budget.take(frame(6, 0, 8).substr(5), 0ms));
  EXPECT_TRUE(budget.take(frame(0, 0, 100).substr(0, 50), 0ms));  // a slow body has a time-out of its own
  EXPECT_FALSE(budget.unfinished());
}

}  // namespace
}  // namespace sallyport::gateway
