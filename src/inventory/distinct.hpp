// Distinct: how many different things were seen, in a fixed 256 bytes: HyperLogLog (Flajolet et al., 2007)
// with linear counting where few were. The standard error is 1.04/sqrt(256), 6.5 %; up to some dozens
// the count is nearly exact. Give it hashes of a keyed function: whoever chooses hashes chooses the count.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace sallyport::inventory {

class Distinct {
 public:
  static constexpr std::size_t registers = 256;

  void add(std::uint64_t hash) {
    std::uint8_t& at = registers_[hash >> 56];
    // The rest has 56 bits; all zero counts as one more than there are.
    const auto zeros = static_cast<std::uint8_t>(std::countl_zero((hash << 8) | 0x80) + 1);
    if (zeros > at) at = zeros;
  }
  void add(const Distinct& other) {
    for (std::size_t i = 0; i < registers; ++i) {
      if (other.registers_[i] > registers_[i]) registers_[i] = other.registers_[i];
    }
  }
  // As bytes, for keeping. Values that no add() makes are taken for the highest.
  [[nodiscard]] const std::array<std::uint8_t, registers>& bytes() const { return registers_; }
  void restore(const std::array<std::uint8_t, registers>& bytes) {
    for (std::size_t i = 0; i < registers; ++i) registers_[i] = bytes[i] > 57 ? 57 : bytes[i];
  }
  [[nodiscard]] std::uint64_t estimate() const {
    constexpr double m = registers;
    constexpr double alpha = 0.7213 / (1 + 1.079 / m);
    double sum = 0;
    std::size_t empty = 0;
    for (const std::uint8_t value : registers_) {
      sum += std::ldexp(1.0, -value);
      empty += value == 0 ? 1 : 0;
    }
    const double raw = alpha * m * m / sum;
    if (raw <= 2.5 * m && empty != 0) {
      return static_cast<std::uint64_t>(std::llround(m * std::log(m / static_cast<double>(empty))));
    }
    return static_cast<std::uint64_t>(std::llround(raw));
  }

 private:
  std::array<std::uint8_t, registers> registers_{};
};

}  // namespace sallyport::inventory
