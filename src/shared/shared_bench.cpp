// Decisions a second a core, with a million live keys.
#include <benchmark/benchmark.h>

#include "shared/memory_store.hpp"

namespace sallyport::shared {
namespace {

constexpr std::uint64_t keys = 1'000'000;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;
constexpr Limit bucket{Algorithm::bucket, 100, second, 100};
constexpr Limit window{Algorithm::window, 300, 60 * second, 1};

MemoryStore& store() {
  static MemoryStore one(std::size_t{256} << 20, SipKey{7, 7, 7});  // 128 bytes a key for either kind
  return one;
}

struct Caller {
  MemoryStore& it = store();
  const Limit& limit;
  Outcome out{};
  // With the hash of a 16-byte address: the whole decision.
  [[nodiscard]] std::uint64_t key(std::uint64_t number) const {
    const std::array<std::uint64_t, 2> who{0x2001'0db8'0000'0000, number};
    return MemoryStore::key(limit.amount, it.subject({reinterpret_cast<const char*>(who.data()), sizeof who}));
  }
  bool ask(std::uint64_t of, std::int64_t now) { return it.decide({&limit, of, 1, 0}, out, now); }
};

// `ahead` decisions are on their way at once, as those of a core's connections are; 1: each waits
// for its own miss of the caches.
template <std::size_t ahead>
void decide(benchmark::State& state, const Limit& limit) {
  Caller caller{.limit = limit};
  if (state.thread_index() == 0) {
    for (std::uint64_t i = 0; i < keys; ++i) caller.ask(caller.key(i), start);
  }
  std::uint64_t random = 88172645463325252u + static_cast<std::uint64_t>(state.thread_index());
  std::int64_t now = start;
  std::uint64_t admitted = 0;
  std::array<std::uint64_t, ahead> waiting{};
  for (auto step : state) {
    for (std::uint64_t& key : waiting) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      key = caller.key(random % keys);
      if constexpr (ahead > 1) caller.it.prefetch(limit, key);
    }
    now += (random & 7) == 0 ? 1 : 0;
    for (const std::uint64_t key : waiting) admitted += caller.ask(key, now) ? 1u : 0u;
  }
  benchmark::DoNotOptimize(admitted);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * ahead));
}
void together(benchmark::State& state, const Limit& limit) { decide<16>(state, limit); }
void one_by_one(benchmark::State& state, const Limit& limit) { decide<1>(state, limit); }
BENCHMARK_CAPTURE(together, bucket, bucket)->Threads(1)->Threads(2);
BENCHMARK_CAPTURE(one_by_one, bucket, bucket)->Threads(1)->Threads(2);
BENCHMARK_CAPTURE(together, window, window)->Threads(1)->Threads(2);
BENCHMARK_CAPTURE(one_by_one, window, window)->Threads(1)->Threads(2);

}  // namespace
}  // namespace sallyport::shared
