// Breaker: whether calls go to one target of an upstream. It opens after so many failures in a row, lets one call
// try when its time is over, and closes when that one succeeds; each opening in a row takes twice as long as the
// one before. Shared by all workers: every member may be used from any thread. Does no I/O and reads no clock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sallyport::balance {

// Since any fixed point of a clock that never goes back; the same clock for everything of a node.
using Instant = std::chrono::milliseconds;

struct BreakerRules {
  std::uint32_t failures = 5;                // in a row until it opens; 0: never
  std::chrono::milliseconds window{30'000};  // a failure that came longer than this after the one before counts anew
  std::chrono::milliseconds open{5'000};     // the first time
  std::chrono::milliseconds longest{300'000};
};

class Breaker {
 public:
  enum class State : std::uint8_t { closed, open, trying };
  enum class Pass : std::uint8_t { no, yes, trial };

  // Would admit() say anything but `no`? Changes nothing.
  [[nodiscard]] bool is_passable(Instant now) const;
  // A `trial` must be given back: by succeeded(), failed() or dropped().
  [[nodiscard]] Pass admit(Instant now);

  // True: this closed it.
  bool succeeded(bool trial);
  // Counts a failure. True: one more than the rules allow, it should be opened. A trial that failed
  // opens it again at once.
  [[nodiscard]] bool failed(bool trial, Instant now, const BreakerRules& rules);
  void open(Instant now, const BreakerRules& rules);
  // The call ended without saying anything about the target.
  void dropped(bool trial);

  [[nodiscard]] State state() const;
  [[nodiscard]] Instant open_until() const { return Instant(until_.load(std::memory_order_relaxed)); }
  [[nodiscard]] std::uint32_t openings() const { return openings_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> until_{0};  // 0: closed
  std::atomic<std::int64_t> last_failure_{0};
  std::atomic<std::uint32_t> failures_{0};  // in a row
  std::atomic<std::uint32_t> row_{0};       // openings without a success between them
  std::atomic<std::uint32_t> openings_{0};  // ever
  std::atomic<bool> trying_{false};
};

}  // namespace sallyport::balance
