// Totals: calls by how they ended, since the start and in steps of five seconds of the last five
// minutes. A call counts in the step in which it started; `failed` includes aborted calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "events/record.hpp"

namespace sallyport::inventory {

struct Tally {
  std::uint64_t forwarded = 0, denied = 0, failed = 0;
  [[nodiscard]] std::uint64_t calls() const { return forwarded + denied + failed; }
  void count(Outcome outcome);
};

class Totals {
 public:
  static constexpr std::int64_t step_s = 5;
  static constexpr std::size_t steps = 60;

  struct Series {
    std::int64_t end_us = 0;           // of the last step
    std::array<Tally, steps> tally{};  // oldest first
  };

  void add(const events::RecordView& record);
  [[nodiscard]] Tally sum() const;
  // The steps up to the one that `now_us` is in.
  [[nodiscard]] Series series(std::int64_t now_us) const;

 private:
  struct Slot {
    std::int64_t step = -1;
    Tally tally;
  };
  mutable std::mutex mutex_;
  Tally sum_;
  std::array<Slot, steps> slots_;  // by step % steps
};

}  // namespace sallyport::inventory
