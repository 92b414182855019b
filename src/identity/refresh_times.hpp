// When an issuer's keys are fetched again, by the clock alone: no thread, no I/O.
#pragma once

#include <chrono>

namespace sallyport::identity {

class RefreshTimes {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Length = std::chrono::steady_clock::duration;

  // Usually every `interval`. Between two fetches lies `rest`, whatever fails and whoever asks; only the
  // first question after the first fetch is answered at once, so that a start costs nobody a good call.
  RefreshTimes(Length interval, Length rest) : interval_(interval), rest_(rest) {}

  // Is a fetch due? At first it is.
  [[nodiscard]] bool due(Time now) const { return now >= next_; }
  [[nodiscard]] Time next() const { return next_; }

  // An unknown key may have come to be since. True: a fetch is due now.
  bool ask(Time now) {
    if (now < earliest_) return false;
    next_ = now;
    return true;
  }
  void fetched(Time now, bool good) {
    earliest_ = first_ ? now : now + rest_;
    first_ = false;
    next_ = now + (good ? interval_ : rest_);
  }

 private:
  Length interval_;
  Length rest_;
  Time next_{};
  Time earliest_{};
  bool first_ = true;
};

}  // namespace sallyport::identity
