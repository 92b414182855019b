// Reactor: what the coroutines of one core wait for. Descriptors are watched edge-triggered
// (epoll(7)): each is registered once, and no system call asks for what is known already. A read
// that gave less than was asked for emptied the socket, so the next one waits without trying.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <coroutine>
#include <vector>

namespace sallyport::gateway {

class Descriptor;

class Reactor {
 public:
  // Awaits that a coroutine may find ready in a row before others have their turn.
  static constexpr unsigned turn = 32;

  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Waits until something happens or the time is over (0: does not wait), and resumes who waited for it.
  void poll(std::chrono::milliseconds timeout);
  // Resumes it within the next poll(), which then does not wait.
  void resume_soon(std::coroutine_handle<> handle) { soon_.push_back(handle); }

 private:
  friend class Descriptor;
  void resume(std::coroutine_handle<> handle) {
    left_of_turn_ = turn;
    handle.resume();
  }

  static constexpr int batch = 256;
  int epoll_;
  int at_ = 0;
  int count_ = 0;
  unsigned left_of_turn_ = turn;
  std::array<epoll_event, batch> events_;
  std::vector<std::coroutine_handle<>> soon_;
  std::vector<std::coroutine_handle<>> now_;
};

// An open non-blocking file descriptor and who waits for it: at most one reader and one writer.
class Descriptor {
 public:
  // Takes over `fd`; a negative one makes a descriptor that is closed.
  Descriptor(Reactor& reactor, int fd);
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  // Who waits is resumed soon and finds it closed.
  void close();

  // Could a read give something, an end or an error?
  [[nodiscard]] bool can_read() const { return readable_; }
  // Does someone wait for the peer to take what was sent?
  [[nodiscard]] bool has_waiting_writer() const { return writer_ != nullptr; }
  // To be called when a read gave less than was asked for: the socket was empty then. With the
  // peer's end announced the next read tells it, and no event will (EPOLLRDHUP).
  void read_short() { readable_ = ended_; }
  // To be called when an operation answered EAGAIN.
  void read_blocked() { readable_ = ended_ = false; }
  void write_blocked() { writable_ = false; }

  class Wait {
   public:
    Wait(Descriptor& descriptor, bool ready, std::coroutine_handle<>& slot)
        : descriptor_(descriptor), ready_(ready), slot_(slot) {}
    [[nodiscard]] bool await_ready() const noexcept {
      unsigned& left = descriptor_.reactor_.left_of_turn_;
      if (!ready_ || left == 0) return false;
      --left;
      return true;
    }
    void await_suspend(std::coroutine_handle<> waiting) const {
      if (ready_) return descriptor_.reactor_.resume_soon(waiting);
      slot_ = waiting;
    }
    void await_resume() const noexcept {}

   private:
    Descriptor& descriptor_;
    bool ready_;
    std::coroutine_handle<>& slot_;
  };
  // Afterwards the operation may be tried, or the descriptor is closed.
  [[nodiscard]] Wait readable() { return {*this, readable_ || fd_ < 0, reader_}; }
  // The same, when `known` says that there is something to read elsewhere.
  [[nodiscard]] Wait readable_or(bool known) { return {*this, known || readable_ || fd_ < 0, reader_}; }
  [[nodiscard]] Wait writable() { return {*this, writable_ || fd_ < 0, writer_}; }

 private:
  friend class Reactor;
  void happened(std::uint32_t events);

  Reactor& reactor_;
  int fd_;
  bool readable_ = true;
  bool writable_ = true;
  bool ended_ = false;  // the peer's end or an error is announced
  std::coroutine_handle<> reader_;
  std::coroutine_handle<> writer_;
};

}  // namespace sallyport::gateway
