// Pause: a coroutine waits for a time of its core's wheel.
#pragma once

#include "gateway/reactor.hpp"
#include "gateway/wheel.hpp"

namespace sallyport::gateway {

class Pause final : private Timed {
 public:
  Pause(Reactor& reactor, Wheel& wheel, std::chrono::milliseconds time) : reactor_(reactor) { wheel.arm(*this, time); }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  void await_resume() const noexcept {}

 private:
  void expired() override { reactor_.resume_soon(waiting_); }
  Reactor& reactor_;
  std::coroutine_handle<> waiting_;
};

}  // namespace sallyport::gateway
