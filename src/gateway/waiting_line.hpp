// WaitingLine: calls of one core that wait until a target of their upstream has room for one more. First come,
// first served. A place that another core gives back is found within a tick of the wheel.
#pragma once

#include <coroutine>
#include <list>

#include "balance/group.hpp"
#include "gateway/reactor.hpp"
#include "gateway/wheel.hpp"

namespace sallyport::gateway {

class WaitingLine {
 public:
  WaitingLine(Reactor& reactor, Wheel& wheel) : reactor_(reactor), wheel_(wheel) {}
  WaitingLine(const WaitingLine&) = delete;
  WaitingLine& operator=(const WaitingLine&) = delete;

  // A call's place in the line, as long as it lives. Each co_await ends when a target may have room.
  class Place final : private Timed {
   public:
    Place(WaitingLine& line, const balance::Group& group)
        : line_(line), group_(group), at_(line.places_.insert(line.places_.end(), this)) {}
    ~Place() override { line_.places_.erase(at_); }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      line_.wheel_.arm(*this, Wheel::tick);
    }
    void await_resume() const noexcept {}

   private:
    friend class WaitingLine;
    void expired() override { call(); }
    void call() {
      line_.wheel_.disarm(*this);
      if (const auto waiting = std::exchange(waiting_, nullptr)) line_.reactor_.resume_soon(waiting);
    }
    WaitingLine& line_;
    const balance::Group& group_;
    std::list<Place*>::iterator at_;
    std::coroutine_handle<> waiting_;
  };

  [[nodiscard]] std::size_t length(const balance::Group& group) const;
  // A place at one of the group's targets has been given back.
  void freed(const balance::Group& group);

 private:
  Reactor& reactor_;
  Wheel& wheel_;
  std::list<Place*> places_;
};

}  // namespace sallyport::gateway
