// A pipe of the kernel for bytes that go from one socket to another and that nobody looks at:
// splice(2) moves their pages, no byte is copied into this process and back.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace sallyport::gateway {

class Pipe {
 public:
  Pipe() = default;  // none
  Pipe(Pipe&& other) noexcept
      : in_(std::exchange(other.in_, -1)), out_(std::exchange(other.out_, -1)), held_(std::exchange(other.held_, 0)) {}
  Pipe& operator=(Pipe&& other) noexcept {
    std::swap(in_, other.in_);
    std::swap(out_, other.out_);
    std::swap(held_, other.held_);
    return *this;
  }
  ~Pipe();

  [[nodiscard]] explicit operator bool() const { return in_ >= 0; }
  // Bytes within, all of which have to be taken out before it can serve others.
  [[nodiscard]] std::size_t held() const { return held_; }

  // Both return what splice(2) does, with its errno; `size` is the most that is moved.
  [[nodiscard]] ssize_t take_from(int socket, std::size_t size);
  [[nodiscard]] ssize_t give_to(int socket, bool more_follows);

 private:
  friend class PipePool;
  Pipe(int in, int out) : in_(in), out_(out) {}
  int in_ = -1;
  int out_ = -1;
  std::size_t held_ = 0;
};

// Pipes of a core.
class PipePool {
 public:
  static constexpr int bytes = 256 * 1024;  // asked for; the kernel may give less to users without privilege
  static constexpr std::size_t kept = 16;

  // None when there are no descriptors left: the bytes are copied then.
  [[nodiscard]] Pipe take();
  // One that still holds bytes is closed.
  void give(Pipe pipe);

 private:
  std::vector<Pipe> free_;
};

}  // namespace sallyport::gateway
