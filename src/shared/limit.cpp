#include "shared/limit.hpp"

#include <algorithm>

namespace sallyport::shared {
namespace {

// --- bucket: GCRA, in nanoseconds ---

struct Rate {
  std::int64_t step;  // a unit's share of the window, rounded up: never faster than the rate
  std::int64_t full;  // from empty to full
};

Rate rate_of(const Limit& limit) noexcept {
  const std::int64_t step = (limit.window_us * 1000 + limit.amount - 1) / limit.amount;
  return {step, step * limit.burst};
}

Outcome take_bucket(const Limit& limit, Cell& cell, std::int64_t now_us, std::uint32_t cost) noexcept {
  const Rate rate = rate_of(limit);
  const std::int64_t now = now_us * 1000;
  // Later than any charge could have put it: the clock went back. The bucket counts as empty.
  std::int64_t filled = std::min(cell.until, now + rate.full);
  filled = std::max(filled, now);
  Outcome out;
  const std::int64_t room = now + rate.full - filled;
  if (cost > limit.burst) {
    out.wait_us = Outcome::never_us;
  } else if (const std::int64_t wanted = rate.step * cost; wanted <= room) {
    out.admitted = true;
    filled += wanted;
  } else {
    out.wait_us = (wanted - room + 999) / 1000;
  }
  if (filled > now || cell.until != 0) cell.until = filled;
  out.remaining = static_cast<std::uint32_t>((now + rate.full - filled) / rate.step);
  out.reset_us = (filled - now + 999) / 1000;
  return out;
}

// --- window, small: the times of all that was taken, in milliseconds modulo 2^32, oldest first ---

constexpr std::uint32_t log_limit = LongCell::marks - 1;
static_assert(Limit::max_window_us / 1000 < INT32_MAX / 2);

Outcome take_logged(const Limit& limit, LongCell& cell, std::int64_t now_us, std::uint32_t cost) noexcept {
  // Rounded so that what was taken ages late: up when it is noted, down when it is looked at.
  const auto window = static_cast<std::uint32_t>((limit.window_us + 999) / 1000);
  const auto now = static_cast<std::uint32_t>(now_us / 1000);
  const auto noted = static_cast<std::uint32_t>((now_us + 999) / 1000);
  std::uint32_t count = std::min(cell.count, log_limit);
  if (cell.until <= now_us) count = 0;
  const auto age = [now](std::uint32_t mark) { return static_cast<std::int32_t>(now - mark); };
  if (cell.until > now_us + std::int64_t{window} * 1000 + 999) {
    // The newest mark is in the future: the clock went back. Such marks count as made now.
    for (std::uint32_t i = 0; i < count; ++i) {
      if (age(cell.mark[i]) < 0) cell.mark[i] = noted;
    }
    cell.until = now_us + std::int64_t{window} * 1000 + 999;
  }
  std::uint32_t gone = 0;
  while (gone < count && age(cell.mark[gone]) >= static_cast<std::int32_t>(window)) ++gone;
  std::copy(cell.mark.begin() + gone, cell.mark.begin() + count, cell.mark.begin());
  count -= gone;
  Outcome out;
  const auto left_of = [&](std::uint32_t mark) { return (std::int64_t{window} - age(mark)) * 1000 - now_us % 1000; };
  if (cost > limit.amount) {
    out.wait_us = Outcome::never_us;
  } else if (count + cost <= limit.amount) {
    out.admitted = true;
    for (std::uint32_t i = 0; i < cost; ++i) cell.mark[count++] = noted;
    if (cost != 0) cell.until = now_us + std::int64_t{window} * 1000 + 999;
  } else {
    out.wait_us = left_of(cell.mark[count + cost - limit.amount - 1]);
  }
  cell.count = count;
  if (count == 0) cell.until = 0;
  out.remaining = limit.amount > count ? limit.amount - count : 0;
  out.reset_us = count == 0 ? 0 : left_of(cell.mark[count - 1]);
  return out;
}

// --- window, large: counters of ten whole slices and the one that runs ---

constexpr std::uint32_t slices = LongCell::marks;

Outcome take_sliced(const Limit& limit, LongCell& cell, std::int64_t now_us, std::uint32_t cost) noexcept {
  const std::int64_t length = (limit.window_us + slices - 2) / (slices - 1);
  std::int64_t slice = now_us / length;  // the one that runs
  // cell.until is the end of the life of the newest slice, cell.count the index of its counter.
  const std::int64_t newest = cell.until / length - slices;
  if (cell.until <= now_us) {
    cell.mark.fill(0);
    cell.count = 0;
  } else if (newest < slice) {
    for (std::int64_t i = newest; i < slice; ++i) {
      cell.count = (cell.count + 1) % slices;
      cell.mark[cell.count] = 0;
    }
  } else if (newest > slice + slices) {
    // The clock went back by more than a window: everything counts as taken now.
    std::uint32_t sum = 0;
    for (const std::uint32_t one : cell.mark) sum += one;
    cell.mark.fill(0);
    cell.mark[cell.count] = sum;
  } else {
    slice = newest;  // it went back a little: time stands still until it is caught up
  }
  std::uint32_t sum = 0;
  for (const std::uint32_t one : cell.mark) sum += one;
  Outcome out;
  // When enough of the oldest has ended for `units` to be free.
  const auto freed = [&](std::uint32_t units) {
    std::uint32_t free = 0;
    std::uint32_t i = 0;
    while (i < slices) {
      ++i;
      free += cell.mark[(cell.count + i) % slices];
      if (free >= units) break;
    }
    return (slice + i) * length - now_us;
  };
  if (cost > limit.amount) {
    out.wait_us = Outcome::never_us;
  } else if (std::uint64_t{sum} + cost <= limit.amount) {
    out.admitted = true;
    cell.mark[cell.count] += cost;
    sum += cost;
  } else {
    out.wait_us = freed(sum + cost - limit.amount);
  }
  cell.until = sum == 0 ? 0 : (slice + slices) * length;
  out.remaining = limit.amount > sum ? limit.amount - sum : 0;
  out.reset_us = sum == 0 ? 0 : freed(sum);
  return out;
}

// --- quota and concurrency ---

Outcome take_quota(const Limit& limit, Cell& cell, std::int64_t now_us, std::uint32_t cost,
                   std::int64_t end_us) noexcept {
  // A clock that went back over the end of a period stays in the later one.
  if (cell.until < end_us * 1000) cell = {0, end_us * 1000};
  Outcome out;
  if (cost > limit.amount) {
    out.wait_us = Outcome::never_us;
  } else if (std::uint64_t{cell.count} + cost <= limit.amount) {
    out.admitted = true;
    cell.count += cost;
  } else {
    out.wait_us = std::max<std::int64_t>(cell.until / 1000 - now_us, 1);
  }
  out.remaining = limit.amount > cell.count ? limit.amount - cell.count : 0;
  out.reset_us = std::max<std::int64_t>(cell.until / 1000 - now_us, 0);
  return out;
}

Outcome take_place(const Limit& limit, Cell& cell, std::int64_t now_us, std::uint32_t cost) noexcept {
  constexpr std::int64_t try_again = 1'000'000;  // nobody knows when a call ends
  const std::int64_t end = (now_us + limit.window_us) * 1000;
  if (cell.until <= now_us * 1000) cell.count = 0;
  Outcome out;
  if (cost > limit.amount) {
    out.wait_us = Outcome::never_us;
  } else if (std::uint64_t{cell.count} + cost <= limit.amount) {
    out.admitted = true;
    cell.count += cost;
    cell.until = end;
  } else {
    cell.until = std::min(cell.until, end);  // the clock went back
    out.wait_us = try_again;
  }
  out.remaining = limit.amount > cell.count ? limit.amount - cell.count : 0;
  out.reset_us = cell.count == 0 ? 0 : try_again;
  return out;
}

}  // namespace

bool Limit::is_sound() const noexcept {
  if (amount == 0 || amount > max_amount || burst == 0 || burst > max_amount) return false;
  if (algorithm == Algorithm::quota) return true;
  if (window_us < 1000 || window_us > max_window_us) return false;
  if (algorithm != Algorithm::bucket) return true;
  return (window_us * 1000 + amount - 1) / amount <= max_window_us * 1000 / burst;
}

Outcome take(const Limit& limit, Cell& cell, std::int64_t now_us, std::uint32_t cost, std::int64_t end_us) noexcept {
  switch (limit.algorithm) {
    case Algorithm::bucket:
      return take_bucket(limit, cell, now_us, cost);
    case Algorithm::quota:
      return take_quota(limit, cell, now_us, cost, end_us);
    case Algorithm::concurrency:
      return take_place(limit, cell, now_us, cost);
    case Algorithm::window:
      break;  // has a LongCell
  }
  return {};
}

Outcome take(const Limit& limit, LongCell& cell, std::int64_t now_us, std::uint32_t cost) noexcept {
  return limit.amount <= log_limit ? take_logged(limit, cell, now_us, cost) : take_sliced(limit, cell, now_us, cost);
}

void give_back(Cell& cell, std::uint32_t cost) noexcept { cell.count -= std::min(cell.count, cost); }

void give_back(const Limit& bucket, Cell& cell, std::int64_t now_us, std::uint32_t units) noexcept {
  const Rate rate = rate_of(bucket);
  const std::int64_t now = now_us * 1000;
  const std::int64_t filled = std::min(cell.until, now + rate.full);
  cell.until = std::max(filled - rate.step * std::min(units, bucket.burst), now);
  if (cell.until == now) cell = {};
}

}  // namespace sallyport::shared
