#include "match/value_memory.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::match {
namespace {

constexpr SipKey secret{1, 2, 3};
using Bits = std::array<std::uint64_t, 2>;
using Answer = ValueMemory::Answer;

TEST(ValueMemory, LearnsWhatComesASecondTime) {
  ValueMemory memory;
  const auto key = ValueMemory::key_of(secret, "order_id", 1);
  Bits bits{};
  EXPECT_EQ(memory.look(key, bits), Answer::unknown);
  EXPECT_EQ(memory.look(key, bits), Answer::again);
  memory.learn(key, Bits{4, 1});
  EXPECT_EQ(bits, Bits{});
  EXPECT_EQ(memory.look(key, bits), Answer::known);
  EXPECT_EQ(bits, (Bits{4, 1}));
  // Neither another text, nor the same behind other transformations.
  EXPECT_EQ(memory.look(ValueMemory::key_of(secret, "order_ID", 1), bits), Answer::unknown);
  EXPECT_EQ(memory.look(ValueMemory::key_of(secret, "order_id", 3), bits), Answer::unknown);
  EXPECT_EQ(memory.look(ValueMemory::key_of(SipKey{9}, "order_id", 1), bits), Answer::unknown);
}

TEST(ValueMemory, AValueOfManyHitsIsScannedEachTime) {
  ValueMemory memory;
  Bits bits{};
  for (const std::uint64_t hits : {std::uint64_t{0b111}, std::uint64_t{0b1111}}) {
    const auto key = ValueMemory::key_of(secret, std::to_string(hits), 1);
    (void)memory.look(key, bits);
    memory.learn(key, Bits{hits, 0});
    EXPECT_EQ(memory.look(key, bits), hits == 0b111 ? Answer::known : Answer::again);
  }
}

// Values that come once, a hundred for each one in use, take few places of those in use.
TEST(ValueMemory, WhatIsInUseOutlivesWhatComesOnce) {
  ValueMemory memory;
  Bits bits{};
  std::size_t kept = 0;
  for (int i = 0; i < 200; ++i) {
    const auto key = ValueMemory::key_of(secret, "name" + std::to_string(i), 1);
    (void)memory.look(key, bits);
    memory.learn(key, bits);
  }
  for (int i = 0; i < 20'000; ++i) {
    (void)memory.look(ValueMemory::key_of(secret, "once" + std::to_string(i), 1), bits);
    if (i % 200 != 0) continue;
    for (int k = 0; k < 200; ++k) {
      const auto key = ValueMemory::key_of(secret, "name" + std::to_string(k), 1);
      if (memory.look(key, bits) == Answer::again) memory.learn(key, bits);
    }
  }
  for (int k = 0; k < 200; ++k) {
    if (memory.look(ValueMemory::key_of(secret, "name" + std::to_string(k), 1), bits) == Answer::known) ++kept;
  }
  EXPECT_GT(kept, 150u);
}

}  // namespace
}  // namespace sallyport::match
