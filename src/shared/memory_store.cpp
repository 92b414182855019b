#include "shared/memory_store.hpp"

#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace sallyport::shared {
namespace {

// How much of its limit a slot has used up: what decides who goes. 0: the slot is free. Up to
// `decays`: a bucket, 1 + the power of two of nanoseconds that it takes to fill, which drains by
// itself. Above: the used share.
constexpr std::uint8_t decays = 63;
constexpr std::uint8_t coldest = 64;

std::uint8_t heat_of(double used) {
  return static_cast<std::uint8_t>(coldest + static_cast<int>(191 * std::clamp(used, 0.0, 1.0)));
}

std::uint8_t heat_of(const Limit& limit, const Outcome& outcome) {
  if (limit.algorithm == Algorithm::bucket) {
    const auto full = static_cast<std::uint64_t>(limit.window_us) * 1000 / limit.amount * limit.burst + 1;
    return static_cast<std::uint8_t>(std::min<int>(std::bit_width(full) + 1, decays));
  }
  return static_cast<std::uint8_t>(255 - std::uint64_t{191} * outcome.remaining / limit.amount);
}

// The heat of a bucket is what it still has to drain.
std::uint32_t heat_now(std::uint8_t heat, std::int64_t left_ns) {
  if (heat > decays) return heat;
  const auto scaled =
      static_cast<std::uint64_t>(std::max<std::int64_t>(left_ns, 0)) / ((std::uint64_t{1} << (heat - 1)) / 191 + 1);
  return coldest + static_cast<std::uint32_t>(std::min<std::uint64_t>(scaled, 191));
}

void lock(std::atomic<std::uint8_t>& flag) {
  for (unsigned spins = 0; flag.exchange(1, std::memory_order_acquire) != 0;) {
    while (flag.load(std::memory_order_relaxed) != 0) {
      // Who holds it may have lost its core.
      if (++spins % 64 == 0) ::sched_yield();
    }
  }
}
void unlock(std::atomic<std::uint8_t>& flag) { flag.store(0, std::memory_order_release); }

std::uint32_t tag_of(std::uint64_t key) { return static_cast<std::uint32_t>(key); }
std::uint8_t more_of(std::uint64_t key) { return static_cast<std::uint8_t>(key >> 32); }

}  // namespace

// Two cache lines that are fetched together.
struct alignas(128) MemoryStore::Short {
  using Value = Cell;
  static constexpr std::size_t ways = 7;
  struct Slot {
    std::uint32_t tag, count;
    std::int64_t until;
  };
  std::atomic<std::uint8_t> lock;
  std::array<std::uint8_t, ways> heat;
  std::array<std::uint8_t, ways> more;  // of the tag
  std::array<Slot, ways> slots;

  [[nodiscard]] Cell get(std::size_t i) const { return {slots[i].count, slots[i].until}; }
  void put(std::size_t i, std::uint32_t tag, const Cell& cell) { slots[i] = {tag, cell.count, cell.until}; }
  [[nodiscard]] std::int64_t left_ns(std::size_t i, std::int64_t now_us) const {
    return slots[i].until - now_us * 1000;
  }
};

struct alignas(256) MemoryStore::Long {
  using Value = LongCell;
  static constexpr std::size_t ways = 4;
  struct Slot {
    std::uint32_t tag, count;
    std::array<std::uint32_t, 2> until;
    std::array<std::uint32_t, LongCell::marks> mark;
  };
  std::atomic<std::uint8_t> lock;
  std::array<std::uint8_t, ways> heat;
  std::array<std::uint8_t, ways> more;
  std::array<Slot, ways> slots;

  [[nodiscard]] LongCell get(std::size_t i) const {
    return {slots[i].count, std::bit_cast<std::int64_t>(slots[i].until), slots[i].mark};
  }
  void put(std::size_t i, std::uint32_t tag, const LongCell& cell) {
    slots[i] = {tag, cell.count, std::bit_cast<std::array<std::uint32_t, 2>>(cell.until), cell.mark};
  }
  [[nodiscard]] std::int64_t left_ns(std::size_t i, std::int64_t now_us) const {
    return (std::bit_cast<std::int64_t>(slots[i].until) - now_us) * 1000;
  }
};

namespace {

template <class Set>
std::size_t find(const Set& set, std::uint64_t key) {
  const std::uint32_t tag = tag_of(key);
  for (std::size_t i = 0; i < Set::ways; ++i) {
    if (set.slots[i].tag == tag && set.more[i] == more_of(key) && set.heat[i] != 0) return i;
  }
  return Set::ways;
}

}  // namespace

// Several sets, locked in one order whoever asks.
class MemoryStore::Locks {
 public:
  void add(std::atomic<std::uint8_t>& one) { flags_[count_++] = &one; }
  void take() {
    std::sort(flags_.begin(), flags_.begin() + count_);
    count_ = static_cast<std::ptrdiff_t>(std::unique(flags_.begin(), flags_.begin() + count_) - flags_.begin());
    for (std::ptrdiff_t i = 0; i < count_; ++i) lock(*flags_[static_cast<std::size_t>(i)]);
  }
  ~Locks() {
    for (std::ptrdiff_t i = 0; i < count_; ++i) unlock(*flags_[static_cast<std::size_t>(i)]);
  }

 private:
  std::array<std::atomic<std::uint8_t>*, max_questions> flags_{};
  std::ptrdiff_t count_ = 0;
};

MemoryStore::MemoryStore(std::size_t budget, const SipKey& hash_key) : hash_key_(hash_key) {
  static_assert(sizeof(Short) == 128 && sizeof(Long) == 256);
  budget = std::max(budget, min_budget);
  short_count_ = budget / 2 / sizeof(Short);
  long_count_ = budget / 2 / sizeof(Long);
  bytes_ = short_count_ * sizeof(Short) + long_count_ * sizeof(Long);
  // Pages that nobody touched cost nothing, and all zero is an empty set.
  memory_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory_ == MAP_FAILED) {
    memory_ = nullptr;
    throw std::bad_alloc();
  }
  ::madvise(memory_, bytes_, MADV_HUGEPAGE);  // sets are met in no order: fewer page walks
  long_ = static_cast<Long*>(memory_);
  short_ = reinterpret_cast<Short*>(long_ + long_count_);
}

MemoryStore::~MemoryStore() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

std::uint64_t MemoryStore::key(std::uint64_t salt, std::uint64_t subject) {
  // Both are secret: a bijection of their sum spreads as well as they do.
  std::uint64_t x = subject + std::rotl(salt, 23) * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9u;
  return x ^ (x >> 29);
}

template <class Set>
Set& MemoryStore::set_of(Set* sets, std::size_t count, std::uint64_t key) const {
  __extension__ using Wide = unsigned __int128;
  return sets[static_cast<std::size_t>(static_cast<Wide>(key) * count >> 64)];
}

void MemoryStore::prefetch(const Limit& limit, std::uint64_t key) const {
  const auto fetch = [](const auto& set) {
    const auto* const at = reinterpret_cast<const char*>(&set);
    for (std::size_t i = 0; i < sizeof set; i += 64) __builtin_prefetch(at + i, 1);
  };
  if (is_long(limit)) {
    fetch(set_of(long_, long_count_, key));
  } else {
    fetch(set_of(short_, short_count_, key));
  }
}

template <class Set>
void MemoryStore::keep(Set& set, std::uint64_t key, const typename Set::Value& value, std::uint8_t heat,
                       std::int64_t now_us) {
  std::size_t at = find(set, key);
  if (at == Set::ways) {
    std::uint32_t least = UINT32_MAX;
    for (std::size_t i = 0; i < Set::ways; ++i) {
      const std::int64_t left = set.left_ns(i, now_us);
      const std::uint32_t is = set.heat[i] == 0 || left <= 0 ? 0 : heat_now(set.heat[i], left);
      if (is < least) {
        least = is;
        at = i;
        if (is == 0) break;
      }
    }
    if (least != 0) evicted_.fetch_add(1, std::memory_order_relaxed);
  }
  set.put(at, tag_of(key), value);
  set.more[at] = more_of(key);
  set.heat[at] = heat;
}

namespace {

Outcome ask(const Question& question, Cell& cell, std::int64_t now_us) {
  return take(*question.limit, cell, now_us, question.cost, question.end_us);
}
Outcome ask(const Question& question, LongCell& cell, std::int64_t now_us) {
  return take(*question.limit, cell, now_us, question.cost);
}

}  // namespace

template <class Set>
bool MemoryStore::decide_in(Set& set, const Question& question, Outcome& outcome, std::int64_t now_us) {
  lock(set.lock);
  const std::size_t at = find(set, question.key);
  auto value = at == Set::ways ? typename Set::Value{} : set.get(at);
  outcome = ask(question, value, now_us);
  if (at != Set::ways) {
    set.put(at, tag_of(question.key), value);
    set.heat[at] = heat_of(*question.limit, outcome);
  } else if (outcome.admitted) {
    keep(set, question.key, value, heat_of(*question.limit, outcome), now_us);
  }
  unlock(set.lock);
  return outcome.admitted;
}

bool MemoryStore::decide(const Question& question, Outcome& outcome, std::int64_t now_us) {
  if (is_long(*question.limit)) return decide_in(set_of(long_, long_count_, question.key), question, outcome, now_us);
  return decide_in(set_of(short_, short_count_, question.key), question, outcome, now_us);
}

bool MemoryStore::decide(std::span<const Question> questions, std::span<Outcome> outcomes, std::int64_t now_us) {
  if (questions.size() == 1) return decide(questions[0], outcomes[0], now_us);
  if (questions.size() > max_questions || outcomes.size() < questions.size()) return false;
  for (const Question& one : questions) prefetch(*one.limit, one.key);
  Locks locks;
  for (const Question& one : questions) {
    locks.add(is_long(*one.limit) ? set_of(long_, long_count_, one.key).lock
                                  : set_of(short_, short_count_, one.key).lock);
  }
  locks.take();
  std::array<LongCell, max_questions> long_values;
  std::array<Cell, max_questions> short_values;
  bool all = true;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& one = questions[i];
    const auto look = [&](const auto& set, auto& value) {
      if (const std::size_t at = find(set, one.key); at < set.ways) value = set.get(at);
      outcomes[i] = ask(one, value, now_us);
    };
    if (is_long(*one.limit)) {
      look(set_of(long_, long_count_, one.key), long_values[i]);
    } else {
      look(set_of(short_, short_count_, one.key), short_values[i]);
    }
    all = all && outcomes[i].admitted;
  }
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& one = questions[i];
    if (!all) {
      if (outcomes[i].admitted) outcomes[i].remaining += one.cost;
      continue;
    }
    const std::uint8_t heat = heat_of(*one.limit, outcomes[i]);
    if (is_long(*one.limit)) {
      keep(set_of(long_, long_count_, one.key), one.key, long_values[i], heat, now_us);
    } else {
      keep(set_of(short_, short_count_, one.key), one.key, short_values[i], heat, now_us);
    }
  }
  return all;
}

void MemoryStore::give_back(std::uint64_t key, std::uint32_t cost) {
  Short& set = set_of(short_, short_count_, key);
  lock(set.lock);
  if (const std::size_t at = find(set, key); at != Short::ways) {
    Cell cell = set.get(at);
    shared::give_back(cell, cost);
    if (cell.count == 0) cell.until = 0;  // as if it had never been seen
    set.put(at, tag_of(key), cell);
  }
  unlock(set.lock);
}

MemoryStore::Held::Held(MemoryStore& store, std::uint64_t key)
    : lock_(&store.set_of(store.short_, store.short_count_, key).lock) {
  lock(*lock_);
}
MemoryStore::Held::~Held() { unlock(*lock_); }

Cell MemoryStore::read(std::uint64_t key) const {
  const Short& set = set_of(short_, short_count_, key);
  const std::size_t at = find(set, key);
  return at == Short::ways ? Cell{} : set.get(at);
}

void MemoryStore::write(std::uint64_t key, const Cell& cell, double used, std::int64_t now_us) {
  keep(set_of(short_, short_count_, key), key, cell, heat_of(used), now_us);
}

MemoryStore::Figures MemoryStore::figures() const {
  return {bytes_, short_count_ * Short::ways, long_count_ * Long::ways, evicted_.load(std::memory_order_relaxed)};
}

}  // namespace sallyport::shared
