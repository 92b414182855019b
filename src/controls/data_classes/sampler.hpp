// Sampler: how much is looked at: a part of the calls, evenly, and so many a second at most. Each thread has
// one, for all APIs together: what looking costs stays small however many calls and APIs there are.
#pragma once

#include <cstdint>

#include "controls/data_classes/config.hpp"

namespace sallyport::controls::data_classes {

class Sampler {
 public:
  // `now_s`: seconds of a clock; when it jumps, a new second begins.
  bool takes(const Config& config, std::int64_t now_s) {
    parts_ += config.sample;
    if (parts_ < 100) return false;
    parts_ -= 100;
    if (now_s != second_) {
      second_ = now_s;
      taken_ = 0;
    }
    if (taken_ >= config.a_second) return false;
    ++taken_;
    return true;
  }

 private:
  std::uint32_t parts_ = 99;  // the first call is taken
  std::uint32_t taken_ = 0;
  std::int64_t second_ = 0;
};

}  // namespace sallyport::controls::data_classes
