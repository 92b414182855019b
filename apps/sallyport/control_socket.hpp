// How verbs reach the gateway that runs: a Unix socket in its data directory, mode 0600. The verb
// in a line; back comes "ok" or "failed", and a text.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <sallyport/result.hpp>

namespace sallyport::cli {

struct Reply {
  bool ok = false;
  std::string text;
};

// Serves verbs on a thread of its own; only the same user and root are heard.
class ControlSocket {
 public:
  using Serve = std::function<Reply(const std::string& verb)>;
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> open(const std::string& path, Serve serve);
  ~ControlSocket();

 private:
  ControlSocket(int fd, std::string path, Serve serve);
  void run();
  int fd_;
  std::string path_;
  Serve serve_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Asks the gateway of that socket; an error when none runs.
[[nodiscard]] Result<Reply> ask(const std::string& path, const std::string& verb);

}  // namespace sallyport::cli
