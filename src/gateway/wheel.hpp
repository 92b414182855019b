// One coarse timer wheel a core: arming a deadline is a store, no operation of the kernel.
// Resolution is one tick; a deadline fires up to one tick late, never early.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace sallyport::gateway {

class Wheel;

// Something with a deadline. Lives in its owner; leaves the wheel when destroyed.
class Timed {
 public:
  Timed() = default;
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  virtual ~Timed() { unlink(); }
  // Called by the wheel's owner thread when the deadline has passed; it is disarmed before.
  virtual void expired() = 0;

  [[nodiscard]] bool armed() const { return deadline_ != never; }

 private:
  friend class Wheel;
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  void unlink() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }
  Timed* next_ = nullptr;
  Timed* previous_ = nullptr;
  std::uint64_t deadline_ = never;  // in ticks
  std::uint64_t linked_ = never;    // the tick of the slot it hangs in
};

class Wheel {
 public:
  static constexpr std::chrono::milliseconds tick{50};

  Wheel();
  ~Wheel();
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;

  // Sets or moves the deadline. Moving it later costs one store.
  void arm(Timed& timed, std::chrono::milliseconds after);
  void disarm(Timed& timed) { timed.deadline_ = Timed::never; }
  // Fires what is due at that time since the wheel's start.
  void advance(std::chrono::milliseconds elapsed);
  [[nodiscard]] std::chrono::milliseconds now() const { return tick * static_cast<std::int64_t>(now_); }

 private:
  static constexpr std::size_t slots = 2048;  // 102 s; longer deadlines go round again
  struct Head final : Timed {
    void expired() override {}
  };
  void link(Timed& timed, std::uint64_t at);
  void fire(std::size_t slot);
  std::uint64_t now_ = 0;
  std::array<Head, slots> heads_;
};

}  // namespace sallyport::gateway
