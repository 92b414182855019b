#include "gateway/reactor.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sallyport::gateway {

Reactor::Reactor() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
}

Reactor::~Reactor() { ::close(epoll_); }

void Reactor::poll(std::chrono::milliseconds timeout) {
  const int wait = soon_.empty() ? static_cast<int>(timeout.count()) : 0;
  count_ = ::epoll_wait(epoll_, events_.data(), batch, wait);
  for (at_ = 0; at_ < count_; ++at_) {
    const epoll_event& event = events_[static_cast<std::size_t>(at_)];
    // Null: closed by who was resumed before it.
    if (event.data.ptr != nullptr) static_cast<Descriptor*>(event.data.ptr)->happened(event.events);
  }
  at_ = count_ = 0;
  // What these put off is for the next round: sockets come first.
  now_.swap(soon_);
  for (const std::coroutine_handle<> handle : now_) resume(handle);
  now_.clear();
}

Descriptor::Descriptor(Reactor& reactor, int fd) : reactor_(reactor), fd_(fd) {
  if (fd_ < 0) return;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  if (::epoll_ctl(reactor_.epoll_, EPOLL_CTL_ADD, fd_, &event) == 0) return;
  // Out of memory or watches: as if the peer had closed at once.
  ::close(std::exchange(fd_, -1));
}

void Descriptor::close() {
  if (fd_ < 0) return;
  for (int i = reactor_.at_; i < reactor_.count_; ++i) {
    auto& event = reactor_.events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == this) event.data.ptr = nullptr;
  }
  ::close(std::exchange(fd_, -1));
  if (const auto reader = std::exchange(reader_, nullptr)) reactor_.resume_soon(reader);
  if (const auto writer = std::exchange(writer_, nullptr)) reactor_.resume_soon(writer);
}

void Descriptor::happened(std::uint32_t events) {
  constexpr std::uint32_t over = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  if ((events & over) != 0) ended_ = true;
  if ((events & (EPOLLIN | over)) != 0) readable_ = true;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) writable_ = true;
  const auto reader = readable_ ? std::exchange(reader_, nullptr) : nullptr;
  const auto writer = writable_ ? std::exchange(writer_, nullptr) : nullptr;
  // The reader may destroy this: nothing of it is used afterwards.
  if (writer && reader) reactor_.resume_soon(writer);
  if (reader) return reactor_.resume(reader);
  if (writer) reactor_.resume(writer);
}

}  // namespace sallyport::gateway
