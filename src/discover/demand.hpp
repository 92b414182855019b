// Demand: how often callers call, from records of their calls: what a limit must leave room for.
//
//   Demand demand;
//   demand.add("shop data", "goran", time_us);  …
//   for (const auto& [group, use] : demand.groups()) use.minute.p99 …
//
// Bounded: max_pairs different groups and callers; calls of further ones are counted in left_out().
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sallyport::discover {

// The most events within any window that slides, from their times in about their order. Counted in twelfths of the
// window: never less than what was, and more by at most what one twelfth held.
class SlidingPeak {
 public:
  explicit SlidingPeak(std::int64_t window_us) : slot_us_(window_us / parts) {}
  // An event older than the window before the newest one is not counted.
  void add(std::int64_t time_us);
  [[nodiscard]] std::uint32_t peak() const { return peak_; }

 private:
  static constexpr std::int64_t parts = 12;
  static constexpr std::int64_t kept = parts + 1;  // a window that begins within a part touches one more

  std::int64_t slot_us_;
  std::int64_t newest_ = -1;
  std::array<std::uint32_t, kept> counts_{};
  std::uint32_t sum_ = 0;
  std::uint32_t peak_ = 0;
};

// Of the callers' peaks, what so many of them never went over (nearest rank). No caller: all 0.
struct Percentiles {
  std::uint32_t median = 0, p95 = 0, p99 = 0, most = 0;
  [[nodiscard]] static Percentiles of(std::span<const std::uint32_t> ascending);
};

struct Use {
  std::uint64_t calls = 0;
  std::size_t callers = 0;
  std::vector<std::uint32_t> minute_peaks, hour_peaks;  // of each caller, ascending
  Percentiles minute, hour;
};

class Demand {
 public:
  static constexpr std::size_t max_pairs = 200'000;

  // `group`: what one limit is about. `time_us`: microseconds since 1970.
  void add(std::string_view group, std::string_view caller, std::int64_t time_us);
  [[nodiscard]] std::map<std::string, Use> groups() const;
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  struct Pair {
    std::uint64_t calls = 0;
    SlidingPeak minute{60'000'000};
    SlidingPeak hour{3'600'000'000};
  };
  std::map<std::string, std::unordered_map<std::string, Pair>, std::less<>> groups_;  // by group and caller
  std::size_t pairs_ = 0;
  std::uint64_t left_out_ = 0;
};

// A round number that leaves half as much again as p99: the next of 1, 2, 3, 5, 10, 20, 30, 50, … And never less
// than 1.
[[nodiscard]] std::uint32_t suggested_limit(std::uint32_t p99);
// How many of these ascending peaks are over the limit.
[[nodiscard]] std::size_t over(std::span<const std::uint32_t> peaks, std::uint32_t limit);

}  // namespace sallyport::discover
