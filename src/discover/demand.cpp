#include "discover/demand.hpp"

#include <algorithm>

namespace sallyport::discover {

void SlidingPeak::add(std::int64_t time_us) {
  const std::int64_t slot = std::max<std::int64_t>(time_us, 0) / slot_us_;
  if (newest_ >= 0 && slot <= newest_ - kept) return;
  if (slot > newest_) {
    // What leaves the window; all of it after a rest.
    for (std::int64_t i = std::max(newest_ + 1, slot - kept + 1); i <= slot; ++i) {
      auto& count = counts_[static_cast<std::size_t>(i % kept)];
      sum_ -= count;
      count = 0;
    }
    newest_ = slot;
  }
  ++counts_[static_cast<std::size_t>(slot % kept)];
  peak_ = std::max(peak_, ++sum_);
}

Percentiles Percentiles::of(std::span<const std::uint32_t> peaks) {
  if (peaks.empty()) return {};
  const auto at = [&](std::size_t hundredths) { return peaks[(peaks.size() * hundredths + 99) / 100 - 1]; };
  return {at(50), at(95), at(99), peaks.back()};
}

void Demand::add(std::string_view group, std::string_view caller, std::int64_t time_us) {
  const std::string name(caller);
  auto of = groups_.find(group);
  if (of == groups_.end() || !of->second.contains(name)) {
    if (pairs_ == max_pairs) {
      ++left_out_;
      return;
    }
    ++pairs_;
    if (of == groups_.end()) of = groups_.try_emplace(std::string(group)).first;
  }
  Pair& pair = of->second[name];
  ++pair.calls;
  pair.minute.add(time_us);
  pair.hour.add(time_us);
}

std::map<std::string, Use> Demand::groups() const {
  std::map<std::string, Use> out;
  for (const auto& [group, callers] : groups_) {
    Use& use = out[group];
    use.callers = callers.size();
    for (const auto& [caller, pair] : callers) {
      use.calls += pair.calls;
      use.minute_peaks.push_back(pair.minute.peak());
      use.hour_peaks.push_back(pair.hour.peak());
    }
  }
  for (auto& [group, use] : out) {
    std::ranges::sort(use.minute_peaks);
    std::ranges::sort(use.hour_peaks);
    use.minute = Percentiles::of(use.minute_peaks);
    use.hour = Percentiles::of(use.hour_peaks);
  }
  return out;
}

std::uint32_t suggested_limit(std::uint32_t p99) {
  const std::uint64_t wanted = std::max<std::uint64_t>(1, (std::uint64_t{p99} * 3 + 1) / 2);
  for (std::uint64_t ten = 1; ten <= 1'000'000'000; ten *= 10) {
    for (const std::uint64_t first : {1, 2, 3, 5}) {
      if (first * ten >= wanted && first * ten <= UINT32_MAX) return static_cast<std::uint32_t>(first * ten);
    }
  }
  return UINT32_MAX;
}

std::size_t over(std::span<const std::uint32_t> peaks, std::uint32_t limit) {
  return static_cast<std::size_t>(peaks.end() - std::ranges::upper_bound(peaks, limit));
}

}  // namespace sallyport::discover
