// TargetState: what a node knows of one target of an upstream while it runs: how busy it is, whether it fails,
// whether it answers checks. Shared by all workers and by the configurations that name the target.
#pragma once

#include <atomic>
#include <cstdint>

#include "balance/breaker.hpp"

namespace sallyport::balance {

class TargetState {
 public:
  Breaker breaker;
  std::atomic<std::uint32_t> calls_now{0};
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> failures{0};

  // --- active checks: one thread says what it saw ---
  // True: this changed what is thought of it.
  bool checked(bool good, std::uint32_t wanted_good, std::uint32_t wanted_bad, Instant now) {
    good_row_.store(good ? good_row_.load(std::memory_order_relaxed) + 1 : 0, std::memory_order_relaxed);
    bad_row_.store(good ? 0 : bad_row_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    const bool is_down = down_.load(std::memory_order_relaxed);
    const bool changes = is_down ? good_row_.load(std::memory_order_relaxed) >= wanted_good
                                 : bad_row_.load(std::memory_order_relaxed) >= wanted_bad;
    if (!changes) return false;
    if (is_down) begin_slowly(now);
    down_.store(!is_down, std::memory_order_relaxed);
    return true;
  }
  void forget_checks() {
    good_row_.store(0, std::memory_order_relaxed);
    bad_row_.store(0, std::memory_order_relaxed);
    down_.store(false, std::memory_order_relaxed);
  }
  [[nodiscard]] bool is_down() const { return down_.load(std::memory_order_relaxed); }

  // --- slow start ---
  void begin_slowly(Instant now) { warm_from_.store(now.count(), std::memory_order_relaxed); }
  // How much of its share it gets, in 1/256: grows from a tenth to all of it within `time`.
  [[nodiscard]] std::uint32_t warmth(Instant now, std::chrono::milliseconds time) const {
    const std::int64_t from = warm_from_.load(std::memory_order_relaxed);
    if (from == 0 || time.count() == 0) return 256;
    const std::int64_t passed = now.count() - from;
    if (passed >= time.count()) return 256;
    return static_cast<std::uint32_t>(26 + 230 * (passed < 0 ? 0 : passed) / time.count());
  }

 private:
  std::atomic<bool> down_{false};
  std::atomic<std::int64_t> warm_from_{0};  // 0: it was there from the start
  std::atomic<std::uint32_t> good_row_{0};  // of checks, in a row
  std::atomic<std::uint32_t> bad_row_{0};
};

}  // namespace sallyport::balance
