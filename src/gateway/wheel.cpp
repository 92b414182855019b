#include "gateway/wheel.hpp"

#include <algorithm>

namespace sallyport::gateway {

Wheel::Wheel() {
  for (Timed& head : heads_) head.next_ = head.previous_ = &head;
}

Wheel::~Wheel() {
  for (Timed& head : heads_) {
    while (head.next_ != &head) head.next_->unlink();
    head.next_ = head.previous_ = nullptr;
  }
}

void Wheel::link(Timed& timed, std::uint64_t at) {
  timed.unlink();
  Timed& head = heads_[at % slots];
  timed.next_ = &head;
  timed.previous_ = head.previous_;
  head.previous_->next_ = &timed;
  head.previous_ = &timed;
  timed.linked_ = at;
}

void Wheel::arm(Timed& timed, std::chrono::milliseconds after) {
  const auto ticks =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, (after + tick - std::chrono::milliseconds(1)) / tick));
  timed.deadline_ = now_ + ticks + 1;
  const bool hangs_early_enough = timed.next_ != nullptr && timed.linked_ <= timed.deadline_;
  if (!hangs_early_enough) link(timed, std::min(timed.deadline_, now_ + slots - 1));
}

void Wheel::fire(std::size_t slot) {
  // What is due is moved to a list of its own first: expired() may arm, disarm or destroy others.
  Head due;
  due.next_ = due.previous_ = &due;
  Timed& head = heads_[slot];
  if (head.next_ != &head) {
    due.next_ = head.next_;
    due.previous_ = head.previous_;
    due.next_->previous_ = &due;
    due.previous_->next_ = &due;
    head.next_ = head.previous_ = &head;
  }
  while (due.next_ != &due) {
    Timed& timed = *due.next_;
    timed.unlink();
    if (timed.deadline_ == Timed::never) continue;
    if (timed.deadline_ > now_) {
      link(timed, std::min(timed.deadline_, now_ + slots - 1));
      continue;
    }
    timed.deadline_ = Timed::never;
    timed.expired();
  }
  due.next_ = due.previous_ = nullptr;
}

void Wheel::advance(std::chrono::milliseconds elapsed) {
  const auto target = static_cast<std::uint64_t>(elapsed / tick);
  while (now_ < target) {
    ++now_;
    fire(now_ % slots);
  }
}

}  // namespace sallyport::gateway
