#include "base/step_thread.hpp"

namespace sallyport {

void StepThread::start(std::chrono::milliseconds rest, Step step) {
  thread_ = std::thread([this, rest, step = std::move(step)]() mutable {
    for (bool last = false; !last;) {
      {
        std::unique_lock lock(mutex_);
        last = wake_.wait_for(lock, rest, [this] { return stopping_; });
      }
      rest = step(last);
    }
  });
}

void StepThread::stop() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

}  // namespace sallyport
