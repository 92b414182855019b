// Published: a value that one thread replaces as a whole while many read it. A reader keeps what it got.
// A lock around one pointer: tens of nanoseconds, and no reader waits for the making of a value.
#pragma once

#include <memory>
#include <mutex>

namespace sallyport::identity {

template <class T>
class Published {
 public:
  // Null before the first set().
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void set(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_.swap(value);  // the old one ends outside of the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace sallyport::identity
