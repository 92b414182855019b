// Mailbox: how other threads hand something to the coroutines of a core. Outlives its worker with those
// who write; what comes after it was closed is dropped.
#pragma once

#include <coroutine>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/reactor.hpp"
#include "gateway/task.hpp"

namespace sallyport::gateway {

// An answer that somebody waits for. `waiting` belongs to the worker's thread.
struct Letter {
  std::coroutine_handle<> waiting;
  bool found = false;
  std::string value;
};

class Mailbox {
 public:
  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread. The letter must not be touched afterwards.
  void post(std::shared_ptr<Letter> letter);

  // --- on the worker's thread ---
  // Resumes those whose letters come; ends when the box is closed.
  [[nodiscard]] Task<> deliver(Reactor& reactor);
  void close();

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Letter>> letters_;
  int fd_;  // belongs to event_ as soon as letters are delivered; -1 when closed
  std::unique_ptr<Descriptor> event_;
};

}  // namespace sallyport::gateway
