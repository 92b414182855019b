#include "gateway/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace sallyport::gateway {

Pipe::~Pipe() {
  if (in_ >= 0) ::close(in_);
  if (out_ >= 0) ::close(out_);
}

ssize_t Pipe::take_from(int socket, std::size_t size) {
  const ssize_t moved = ::splice(socket, nullptr, in_, nullptr, size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (moved > 0) held_ += static_cast<std::size_t>(moved);
  return moved;
}

ssize_t Pipe::give_to(int socket, bool more_follows) {
  const unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | (more_follows ? SPLICE_F_MORE : 0u);
  const ssize_t moved = ::splice(out_, nullptr, socket, nullptr, held_, flags);
  if (moved > 0) held_ -= static_cast<std::size_t>(moved);
  return moved;
}

Pipe PipePool::take() {
  if (!free_.empty()) {
    Pipe pipe = std::move(free_.back());
    free_.pop_back();
    return pipe;
  }
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return {};
  ::fcntl(ends[1], F_SETPIPE_SZ, bytes);
  return {ends[1], ends[0]};
}

void PipePool::give(Pipe pipe) {
  if (pipe && pipe.held() == 0 && free_.size() < kept) free_.push_back(std::move(pipe));
}

}  // namespace sallyport::gateway
