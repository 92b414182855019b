// LookUp: waits for what a control needs to know, until it is told or the deadline passes.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/lookups.hpp"
#include "gateway/mailbox.hpp"
#include "gateway/reactor.hpp"
#include "gateway/wheel.hpp"

namespace sallyport::gateway {

class LookUp final : private Timed {
 public:
  // Longer than a fetch may take: what is fetched for many is not given up by each of them.
  static constexpr std::chrono::milliseconds patience{6'000};

  // `answerer` may be null: nothing is found then.
  LookUp(Reactor& reactor, Wheel& wheel, std::shared_ptr<Mailbox> box, engine::Answerer* answerer, std::string_view key)
      : reactor_(reactor),
        wheel_(wheel),
        box_(std::move(box)),
        answerer_(answerer),
        key_(key),
        letter_(std::make_shared<Letter>()) {}
  ~LookUp() override { letter_->waiting = nullptr; }

  [[nodiscard]] bool await_ready() const noexcept { return answerer_ == nullptr; }
  void await_suspend(std::coroutine_handle<> waiting) {
    letter_->waiting = waiting;
    wheel_.arm(*this, patience);
    answerer_->ask(key_, [box = box_, letter = letter_](bool found, std::string value) {
      letter->found = found;
      letter->value = std::move(value);
      box->post(letter);
    });
  }
  struct Found {
    bool found = false;
    std::string value;
  };
  [[nodiscard]] Found await_resume() {
    wheel_.disarm(*this);
    if (late_ || answerer_ == nullptr) return {};
    return {letter_->found, std::move(letter_->value)};
  }

 private:
  // Whatever is said later goes into a letter that nobody waits for.
  void expired() override {
    const auto waiting = std::exchange(letter_->waiting, nullptr);
    if (!waiting) return;  // the letter has just come
    late_ = true;
    reactor_.resume_soon(waiting);
  }

  Reactor& reactor_;
  Wheel& wheel_;
  std::shared_ptr<Mailbox> box_;
  engine::Answerer* answerer_;
  std::string_view key_;
  std::shared_ptr<Letter> letter_;
  bool late_ = false;
};

}  // namespace sallyport::gateway
