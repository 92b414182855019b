// Limit: how much of something is allowed, and the state machines that decide it. Pure: time is
// given by the caller, in microseconds since 1970, and may stand still, go back or jump; nothing
// here reads a clock, allocates or fails.
//
// What each algorithm promises, whatever the times given (`shared_test` compares each with a slow
// exact oracle):
//   bucket       GCRA (ITU-T I.371): within any span of length t at most burst + amount·t/window
//   window       within any span of length `window` at most `amount`. Up to 10: an exact log.
//                Beyond: 11 counters of a tenth of the window each, which forget late and never
//                early, so that a steady client gets at least 10/11 of the amount. (The usual
//                two-counter estimate can be made to admit nearly twice the amount.)
//   quota        between two ends of a calendar period at most `amount`
//   concurrency  at most `amount` at once; what is not given back ends after `window`
// A clock that goes back never opens a limit; it may close one for at most one window longer. One
// that jumps forward counts as time that passed.
#pragma once

#include <array>
#include <cstdint>

namespace sallyport::shared {

enum class Algorithm : std::uint8_t { bucket, window, quota, concurrency };

struct Limit {
  static constexpr std::uint32_t max_amount = 1'000'000'000;
  static constexpr std::int64_t max_window_us = std::int64_t{7} * 86'400 * 1'000'000;

  Algorithm algorithm = Algorithm::window;
  std::uint32_t amount = 1;            // 1 to max_amount
  std::int64_t window_us = 1'000'000;  // 1 ms to max_window_us; with quota not used
  std::uint32_t burst = 1;             // bucket: 1 to max_amount; burst/amount windows at most max_window_us
  [[nodiscard]] bool is_sound() const noexcept;
  friend bool operator==(const Limit&, const Limit&) = default;
};

// What became of one question.
struct Outcome {
  bool admitted = false;
  std::uint32_t remaining = 0;  // that could be asked for now, after this
  std::int64_t wait_us = 0;     // until the same may be asked again; never_us: it asks for more than there ever is
  std::int64_t reset_us = 0;    // until all is as at the start, when nothing more is asked
  static constexpr std::int64_t never_us = INT64_MAX;
};

// The state of one key. All zero is that of a key never seen. `until` says when it is again as if
// it had never been seen: forgetting it from then on changes nothing.
struct Cell {
  std::uint32_t count = 0;
  std::int64_t until = 0;  // nanoseconds
};
// With a history: `window` only.
struct LongCell {
  static constexpr std::uint32_t marks = 11;
  std::uint32_t count = 0;
  std::int64_t until = 0;  // microseconds
  std::array<std::uint32_t, marks> mark{};
};

// Does the limit need a LongCell?
[[nodiscard]] constexpr bool is_long(const Limit& limit) { return limit.algorithm == Algorithm::window; }

// Asks for `cost` units; takes them when all are there, and otherwise leaves the state as it was
// but for what time took away. `end_us`, for quota: the end of the calendar period.
[[nodiscard]] Outcome take(const Limit& limit, Cell& cell, std::int64_t now_us, std::uint32_t cost,
                           std::int64_t end_us) noexcept;
[[nodiscard]] Outcome take(const Limit& limit, LongCell& cell, std::int64_t now_us, std::uint32_t cost) noexcept;
// Gives back units of a concurrency limit.
void give_back(Cell& cell, std::uint32_t cost) noexcept;
// Gives back units of a bucket: what was taken for something that turned out not to count. Never more than is in it.
void give_back(const Limit& bucket, Cell& cell, std::int64_t now_us, std::uint32_t units) noexcept;

}  // namespace sallyport::shared
