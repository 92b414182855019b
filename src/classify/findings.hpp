// Findings: what was found in one value. Two findings do not overlap: the surer one stays, and of
// two equally sure ones the longer.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "classify/type.hpp"

namespace sallyport::classify {

struct Finding {
  Type type = Type::card;
  Confidence confidence = Confidence::medium;
  std::size_t begin = 0;  // bytes of the value
  std::size_t end = 0;
};

class Findings {
 public:
  static constexpr std::size_t max = 32;  // a value with more is reported with these, and full()

  void add(Type type, Confidence confidence, std::size_t begin, std::size_t end) {
    if (confidence < least_) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const Finding& other = all_[i];
      if (begin < other.end && other.begin < end) {
        const bool wins =
            confidence != other.confidence ? confidence > other.confidence : end - begin > other.end - other.begin;
        if (!wins) return;
      }
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (!(begin < all_[i].end && all_[i].begin < end)) all_[kept++] = all_[i];
    }
    count_ = kept;
    if (count_ == max) {
      full_ = true;
      return;
    }
    all_[count_++] = {type, confidence, begin, end};
  }
  void clear() {
    count_ = 0;
    full_ = false;
  }
  // Findings below are not kept.
  void set_least(Confidence least) { least_ = least; }
  [[nodiscard]] std::span<const Finding> all() const { return {all_.data(), count_}; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] bool full() const { return full_; }

 private:
  std::array<Finding, max> all_;
  std::size_t count_ = 0;
  bool full_ = false;
  Confidence least_ = Confidence::medium;
};

}  // namespace sallyport::classify
