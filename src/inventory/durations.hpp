// Durations: a histogram of microseconds on a logarithmic scale, 8 steps to each doubling: a
// quantile is at most 12.5 % off. About 1 KiB; longer than an hour counts as an hour.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sallyport::inventory {

class Durations {
 public:
  void add(std::uint64_t us) {
    ++counts_[index(us)];
    ++total_;
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  // The lower bound of the step in which that part of the calls ends; 0 < part <= 1.
  [[nodiscard]] std::uint64_t quantile(double part) const {
    const auto rank = static_cast<std::uint64_t>(part * static_cast<double>(total_) + 0.999999);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= rank && seen != 0) return lower_bound(i);
    }
    return 0;
  }

 private:
  static constexpr std::uint64_t longest = 3'600'000'000;
  static constexpr std::size_t steps = 238;  // index(longest) + 1
  static constexpr std::size_t index(std::uint64_t us) {
    if (us > longest) us = longest;
    if (us < 8) return static_cast<std::size_t>(us);
    const auto power = static_cast<unsigned>(std::bit_width(us)) - 4;  // us >> power is 8..15
    return std::size_t{8} * power + static_cast<std::size_t>(us >> power);
  }
  static constexpr std::uint64_t lower_bound(std::size_t i) {
    if (i < 16) return i;
    return (std::uint64_t{8} + i % 8) << (i / 8 - 1);
  }

  std::array<std::uint32_t, steps> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace sallyport::inventory
