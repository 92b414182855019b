// StepThread: a thread that does the same again and again, with rests between, until it is told to stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace sallyport {

class StepThread {
 public:
  // Does one step and says how long to rest then. `last`: the thread was told to stop, and this is the end.
  using Step = std::function<std::chrono::milliseconds(bool last)>;

  StepThread() = default;
  ~StepThread() { stop(); }
  StepThread(const StepThread&) = delete;
  StepThread& operator=(const StepThread&) = delete;

  // The first step comes after `rest`.
  void start(std::chrono::milliseconds rest, Step step);
  // A rest is cut short for the last step, which is waited for. Does nothing when nothing runs.
  void stop();
  [[nodiscard]] bool is_running() const { return thread_.joinable(); }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sallyport
