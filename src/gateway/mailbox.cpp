#include "gateway/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sallyport::gateway {

Mailbox::Mailbox() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

// Its worker closed it, or never ran.
Mailbox::~Mailbox() {
  if (!event_ && fd_ >= 0) ::close(fd_);
}

void Mailbox::post(std::shared_ptr<Letter> letter) {
  const std::lock_guard lock(mutex_);
  if (fd_ < 0) return;
  letters_.push_back(std::move(letter));
  const std::uint64_t one = 1;
  // An eventfd takes a write unless its counter is full, and then the worker is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
}

Task<> Mailbox::deliver(Reactor& reactor) {
  event_ = std::make_unique<Descriptor>(reactor, fd_);
  while (true) {
    co_await event_->readable();
    if (!event_->is_open()) co_return;
    std::uint64_t count = 0;
    if (::read(event_->fd(), &count, sizeof count) < 0 && errno == EINTR) continue;
    event_->read_blocked();  // what is written from now on is told anew
    std::vector<std::shared_ptr<Letter>> come;
    {
      const std::lock_guard lock(mutex_);
      come.swap(letters_);
    }
    for (const auto& letter : come) {
      if (const auto waiting = std::exchange(letter->waiting, nullptr)) reactor.resume_soon(waiting);
    }
  }
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  if (event_) {
    event_->close();
  } else if (fd_ >= 0) {
    ::close(fd_);
  }
  fd_ = -1;
  letters_.clear();
}

}  // namespace sallyport::gateway
