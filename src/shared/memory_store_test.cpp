// The store: bounded, honest about what it forgets, all or nothing, safe with threads; no allocation.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <new>
#include <thread>
#include <vector>

#include "shared/memory_store.hpp"

namespace {
thread_local std::size_t allocations = 0;
}
void* operator new(std::size_t size) {
  ++allocations;
  void* const out = std::malloc(size == 0 ? 1 : size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}
void operator delete(void* at) noexcept { std::free(at); }               // NOLINT(clang-analyzer-cplusplus.NewDelete)
void operator delete(void* at, std::size_t) noexcept { std::free(at); }  // NOLINT(clang-analyzer-cplusplus.NewDelete)

namespace sallyport::shared {
namespace {

constexpr SipKey key{1, 2, 3};
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;
constexpr Limit bucket{Algorithm::bucket, 100, 60 * second, 100};
constexpr Limit login{Algorithm::window, 10, 60 * second, 1};
constexpr Limit data{Algorithm::window, 300, 60 * second, 1};

std::uint64_t subject(std::uint64_t number) {
  return MemoryStore(MemoryStore::min_budget, key).subject({reinterpret_cast<const char*>(&number), sizeof number});
}

class Asking {
 public:
  explicit Asking(std::size_t budget) : store(budget, key) {}
  bool ask(const Limit& limit, std::uint64_t who, std::int64_t now = start, std::uint32_t cost = 1) {
    const std::string_view text{reinterpret_cast<const char*>(&who), sizeof who};
    return store.decide(
        {&limit, MemoryStore::key(reinterpret_cast<std::uintptr_t>(&limit), store.subject(text)), cost, 0}, out, now);
  }
  MemoryStore store;
  Outcome out;
};

TEST(MemoryStore, EachKeyHasItsOwnCounter) {
  Asking it(1 << 20);
  for (std::uint64_t who = 0; who < 500; ++who) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(it.ask(login, who));
    ASSERT_FALSE(it.ask(login, who)) << who;
    ASSERT_TRUE(it.ask(bucket, who, start, 100)) << "another limit of the same subject";
  }
  EXPECT_EQ(it.store.figures().evicted, 0u);
}

TEST(MemoryStore, StaysWithinItsBudget) {
  for (const std::size_t budget : {MemoryStore::min_budget, std::size_t{1} << 20, (std::size_t{1} << 20) + 77}) {
    EXPECT_LE(MemoryStore(budget, key).figures().bytes, budget);
    EXPECT_GT(MemoryStore(budget, key).figures().bytes, budget - 512);
  }
}

std::size_t resident() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t pages = 0;
  statm >> total >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// A flood of addresses takes no memory beyond the budget, and resets nobody who is at a limit.
TEST(MemoryStore, AFloodOfNewKeysCannotResetAHotOne) {
  Asking it(4 << 20);
  constexpr std::uint64_t hot = 1'000'000'000;
  for (std::uint64_t who = hot; who < hot + 50; ++who) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(it.ask(login, who));
    ASSERT_TRUE(it.ask(bucket, who, start, 100));
  }
  const std::size_t before = resident();
  for (std::uint64_t who = 0; who < 2'000'000; ++who) {
    ASSERT_TRUE(it.ask(login, who)) << "a newcomer is counted, not refused";
    ASSERT_TRUE(it.ask(bucket, who));
  }
  EXPECT_LE(resident(), before + (4u << 20) + (1u << 20));
  EXPECT_GT(it.store.figures().evicted, 0u);
  for (std::uint64_t who = hot; who < hot + 50; ++who) {
    EXPECT_FALSE(it.ask(login, who)) << who;
    EXPECT_FALSE(it.ask(bucket, who)) << who;
  }
}

TEST(MemoryStore, WhatIsBackAtItsStartIsForgottenFirst) {
  Asking it(MemoryStore::min_budget);
  const auto slots = static_cast<std::uint64_t>(it.store.figures().short_slots);
  for (std::uint64_t who = 0; who < 10 * slots; ++who) {
    ASSERT_TRUE(it.ask(bucket, who, start + static_cast<std::int64_t>(who) * second));  // a unit is back after 600 ms
  }
  EXPECT_EQ(it.store.figures().evicted, 0u);
}

TEST(MemoryStore, OneMillionKeysAtMost128BytesEachAreRemembered) {
  Asking it(std::size_t{256} << 20);  // half of it, 128 MiB, for buckets
  constexpr std::uint64_t keys = 1'000'000;
  for (std::uint64_t who = 0; who < keys; ++who) ASSERT_TRUE(it.ask(bucket, who, start, 100));
  // All are at their limit, the worst case: sets hold 7, one on average, and overflow about once in 100,000.
  EXPECT_LE(it.store.figures().evicted, 40u);
  std::uint64_t forgotten = 0;
  for (std::uint64_t who = 0; who < keys; ++who) forgotten += it.ask(bucket, who) ? 1u : 0u;
  EXPECT_LE(forgotten, 80u);
}

TEST(MemoryStore, AllOrNothing) {
  Asking it(1 << 20);
  const std::array<Question, 3> questions{{{&login, 1, 1, 0}, {&bucket, 2, 60, 0}, {&data, 3, 1, 0}}};
  std::array<Outcome, 3> outcomes;
  EXPECT_TRUE(it.store.decide(questions, outcomes, start));
  EXPECT_EQ(outcomes[0].remaining, 9u);
  EXPECT_EQ(outcomes[1].remaining, 40u);
  EXPECT_FALSE(it.store.decide(questions, outcomes, start)) << "the bucket has 40 left";
  EXPECT_EQ(outcomes[0].remaining, 9u) << "not charged";
  EXPECT_FALSE(outcomes[1].admitted);
  Outcome out;
  EXPECT_TRUE(it.store.decide({&login, 1, 9, 0}, out, start)) << "not charged";
  EXPECT_TRUE(it.store.decide({&bucket, 2, 40, 0}, out, start));
}

TEST(MemoryStore, MoreQuestionsThanItTakesAreRefused) {
  Asking it(1 << 20);
  std::vector<Question> questions;
  for (std::uint64_t i = 0; i < MemoryStore::max_questions; ++i) questions.push_back({&bucket, i, 1, 0});
  std::vector<Outcome> outcomes(questions.size() + 1);
  EXPECT_TRUE(it.store.decide(questions, outcomes, start));
  questions.push_back({&bucket, 99, 1, 0});
  EXPECT_FALSE(it.store.decide(questions, outcomes, start));
}

TEST(MemoryStore, PlacesAreGivenBack) {
  static constexpr Limit places{Algorithm::concurrency, 2, 60 * second, 1};
  Asking it(1 << 20);
  Outcome out;
  const Question one{&places, subject(5), 1, 0};
  EXPECT_TRUE(it.store.decide(one, out, start));
  EXPECT_TRUE(it.store.decide(one, out, start));
  EXPECT_FALSE(it.store.decide(one, out, start));
  it.store.give_back(one.key, 1);
  EXPECT_TRUE(it.store.decide(one, out, start));
  it.store.give_back(subject(6), 1);  // of nobody: nothing happens
  EXPECT_FALSE(it.store.decide(one, out, start));
}

TEST(MemoryStore, ThreadsTogetherAdmitTheLimitExactly) {
  MemoryStore store(1 << 20, key);
  static constexpr Limit limit{Algorithm::window, 10'000, 3600 * second, 1};
  static constexpr Limit other{Algorithm::bucket, 7'000, 3600 * second, 7'000};
  std::atomic<std::uint32_t> admitted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&store, &admitted, t] {
      std::array<Outcome, 2> outcomes;
      std::array<Question, 2> both{{{&limit, 11, 1, 0}, {&other, 12, 1, 0}}};
      if (t % 2 == 1) std::swap(both[0], both[1]);  // the order of asking must not matter
      for (int i = 0; i < 5'000; ++i) admitted += store.decide(both, outcomes, start) ? 1u : 0u;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted.load(), 7'000u);
  Outcome out;
  EXPECT_TRUE(store.decide({&limit, 11, 3'000, 0}, out, start)) << "refused calls were not charged";
  EXPECT_FALSE(store.decide({&limit, 11, 1, 0}, out, start));
}

TEST(MemoryStore, DecidingAllocatesNothing) {
  Asking it(1 << 20);
  std::array<Outcome, 2> outcomes;
  const std::array<Question, 2> both{{{&login, 1, 1, 0}, {&bucket, 2, 1, 0}}};
  const std::size_t before = allocations;
  for (std::uint64_t who = 0; who < 1000; ++who) it.ask(data, who);
  for (int i = 0; i < 20; ++i) it.store.decide(both, outcomes, start);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace sallyport::shared
