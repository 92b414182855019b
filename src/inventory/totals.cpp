#include "inventory/totals.hpp"

namespace sallyport::inventory {
namespace {

constexpr std::int64_t step_us = Totals::step_s * 1'000'000;

}  // namespace

void Tally::count(Outcome outcome) {
  switch (outcome) {
    case Outcome::forwarded:
      ++forwarded;
      return;
    case Outcome::denied:
      ++denied;
      return;
    case Outcome::failed:
    case Outcome::aborted:
      ++failed;
      return;
  }
}

void Totals::add(const events::RecordView& record) {
  const std::int64_t step = record.time_us < 0 ? 0 : record.time_us / step_us;
  const std::scoped_lock lock(mutex_);
  sum_.count(record.outcome);
  Slot& slot = slots_[static_cast<std::size_t>(step) % steps];
  if (slot.step != step) {
    // A late record of a step that is gone; unless the clock was set back by more than the series.
    if (slot.step > step && slot.step - step < static_cast<std::int64_t>(2 * steps)) return;
    slot = {step, {}};
  }
  slot.tally.count(record.outcome);
}

Tally Totals::sum() const {
  const std::scoped_lock lock(mutex_);
  return sum_;
}

Totals::Series Totals::series(std::int64_t now_us) const {
  const std::int64_t last = now_us / step_us;
  Series out;
  out.end_us = (last + 1) * step_us;
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < steps; ++i) {
    const std::int64_t step = last - static_cast<std::int64_t>(steps - 1 - i);
    if (step < 0) continue;
    const Slot& slot = slots_[static_cast<std::size_t>(step) % steps];
    if (slot.step == step) out.tally[i] = slot.tally;
  }
  return out;
}

}  // namespace sallyport::inventory
