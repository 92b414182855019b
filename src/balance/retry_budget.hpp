// RetryBudget: retries are a share of the calls, so that an upstream in trouble is not asked many times as much
// (the retry budget of Finagle and of the SRE book, chapter 21). Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace sallyport::balance {

class RetryBudget {
 public:
  static constexpr std::int64_t at_first = 10;  // retries that a quiet upstream may have
  static constexpr std::int64_t most = 100;     // that can be saved up

  // A call came; `share` in percent.
  void call(std::uint32_t share) {
    if (left_.load(std::memory_order_relaxed) < most * unit) left_.fetch_add(share, std::memory_order_relaxed);
  }
  // Takes one retry; false when none is left.
  [[nodiscard]] bool take() {
    std::int64_t left = left_.load(std::memory_order_relaxed);
    while (left >= unit) {
      if (left_.compare_exchange_weak(left, left - unit, std::memory_order_relaxed)) return true;
    }
    return false;
  }

 private:
  static constexpr std::int64_t unit = 100;  // a retry, in percent
  std::atomic<std::int64_t> left_{at_first * unit};
};

}  // namespace sallyport::balance
