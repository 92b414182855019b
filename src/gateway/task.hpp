// Task: a coroutine that starts when it is awaited and resumes who awaits it. All coroutines of a
// core run on its thread; what they wait for is in reactor.hpp.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "gateway/frame_pool.hpp"

namespace sallyport::gateway {

template <class T = void>
class Task;

namespace coroutine {

struct Frame {
  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* at, std::size_t size) noexcept { FramePool::give(at, size); }
};

struct PromiseBase : Frame {
  struct ResumeAwaiting {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class P>
    [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<P> ended) const noexcept {
      return ended.promise().awaiting;
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] ResumeAwaiting final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }

  std::coroutine_handle<> awaiting;
  std::exception_ptr error;
};

template <class T>
struct Promise : PromiseBase {
  [[nodiscard]] Task<T> get_return_object();
  template <class U>
  void return_value(U&& given) {
    value.emplace(std::forward<U>(given));
  }
  [[nodiscard]] T take() { return std::move(*value); }
  std::optional<T> value;
};

template <>
struct Promise<void> : PromiseBase {
  [[nodiscard]] Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace coroutine

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = coroutine::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().awaiting = awaiting;
    return handle_;
  }
  T await_resume() {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return handle_.promise().take();
  }

 private:
  Handle handle_;
};

template <class T>
Task<T> coroutine::Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> coroutine::Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// A coroutine that nobody awaits; its frame ends with it.
struct Detached {
  struct promise_type : coroutine::Frame {
    [[nodiscard]] Detached get_return_object() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

// Runs the task at once, up to its first wait. `ended` is told the exception that ended it, or null.
template <class Ended>
Detached spawn(Task<> task, Ended ended) {
  std::exception_ptr error;
  try {
    co_await std::move(task);
  } catch (...) {
    error = std::current_exception();
  }
  ended(error);
}

// One coroutine waits until another raises it.
class Signal {
 public:
  void raise() {
    if (const auto waiting = std::exchange(waiting_, nullptr)) waiting.resume();
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  void await_resume() const noexcept {}

 private:
  std::coroutine_handle<> waiting_;
};

}  // namespace sallyport::gateway
