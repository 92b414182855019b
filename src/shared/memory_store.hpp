// MemoryStore: the counters of one node, in a fixed number of bytes, shared by all threads.
//
// Each key's counter lives in one small set of slots, chosen by a keyed hash, so that nobody
// outside can choose keys that share a set. When a set is full the newcomer takes
//   1. a slot whose limit is back at its start (forgetting it changes nothing), else
//   2. the slot that has used up the least of its limit.
// What (2) lets through is what that key had used up, once: at most its limit again. A key at its
// limit is the last to go: to have it forgotten, every other slot of its set must be used up as
// far, and since sets cannot be aimed at that takes as many calls as the whole store has slots,
// times the limit. Each such loss is counted (Figures::evicted).
//
// A decision locks the sets it touches (a spinlock within the set's own cache line) and allocates
// nothing. Several limits are decided together: all are charged, or none.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/siphash.hpp"
#include "shared/limit.hpp"

namespace sallyport::shared {

// A limit asked about one key.
struct Question {
  const Limit* limit = nullptr;
  std::uint64_t key = 0;  // MemoryStore::key(): of limit and subject together
  std::uint32_t cost = 1;
  std::int64_t end_us = 0;  // quota: the end of the period
};

class MemoryStore {
 public:
  static constexpr std::size_t max_questions = 8;  // decided together
  static constexpr std::size_t min_budget = 64 * 1024;
  static constexpr std::size_t default_budget = 32u << 20;

  struct Figures {
    std::size_t bytes = 0;        // taken from the system, never more than the budget
    std::size_t short_slots = 0;  // bucket, quota, concurrency: 18 bytes each
    std::size_t long_slots = 0;   // window: 64 bytes each
    std::uint64_t evicted = 0;    // counters forgotten while they still counted
  };

  // Half of the budget is for either kind of slot. `hash_key` is secret and random.
  MemoryStore(std::size_t budget, const SipKey& hash_key);
  ~MemoryStore();
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  // The subject's hash, to be mixed with each limit that it is asked about.
  [[nodiscard]] std::uint64_t subject(std::string_view text) const { return siphash(hash_key_, text); }
  // `salt` names the limit and is itself a subject().
  [[nodiscard]] static std::uint64_t key(std::uint64_t salt, std::uint64_t subject);

  // Begins to fetch what a decision about that key will touch: a miss of the caches is most of its time.
  void prefetch(const Limit& limit, std::uint64_t key) const;

  // At most max_questions with different keys; as many outcomes. True, and everything is charged,
  // when all are admitted. Otherwise nothing is, and `remaining` is what it was.
  bool decide(std::span<const Question> questions, std::span<Outcome> outcomes, std::int64_t now_us);
  bool decide(const Question& question, Outcome& outcome, std::int64_t now_us);
  // Ends what a concurrency limit admitted.
  void give_back(std::uint64_t key, std::uint32_t cost);

  // Runs `change` on the cell of that key under its lock and keeps what it leaves, with `used` as
  // its weight against others (0 to 1): for users that keep something else than a limit.
  template <class F>
  void change(std::uint64_t key, std::int64_t now_us, F change) {
    const Held held(*this, key);
    Cell cell = read(key);
    const double used = change(cell);
    write(key, cell, used, now_us);
  }

  [[nodiscard]] Figures figures() const;

 private:
  struct Short;
  struct Long;
  class Locks;
  class Held {
   public:
    Held(MemoryStore& store, std::uint64_t key);
    ~Held();
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    std::atomic<std::uint8_t>* lock_;
  };
  template <class Set>
  [[nodiscard]] Set& set_of(Set* sets, std::size_t count, std::uint64_t key) const;
  template <class Set>
  void keep(Set& set, std::uint64_t key, const typename Set::Value& value, std::uint8_t heat, std::int64_t now_us);
  template <class Set>
  bool decide_in(Set& set, const Question& question, Outcome& outcome, std::int64_t now_us);
  [[nodiscard]] Cell read(std::uint64_t key) const;
  void write(std::uint64_t key, const Cell& cell, double used, std::int64_t now_us);

  SipKey hash_key_;
  Short* short_ = nullptr;
  Long* long_ = nullptr;
  std::size_t short_count_ = 0;
  std::size_t long_count_ = 0;
  std::size_t bytes_ = 0;
  void* memory_ = nullptr;
  std::atomic<std::uint64_t> evicted_{0};
};

}  // namespace sallyport::shared
