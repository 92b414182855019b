// A server of Redis of a test's own, on a Unix socket in a scratch folder.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/scratch_folder.hpp"
#include "shared/resp.hpp"

extern char** environ;

namespace sallyport::shared::testing {

class RedisServer {
 public:
  RedisServer() {
    const std::string path = folder_.file("s");
    const std::array<std::string, 11> words{"redis-server",     "--port", "0",     "--unixsocket", path,
                                            "--save",           "",       "--dir", folder_.path(), "--logfile",
                                            folder_.file("log")};
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    if (::posix_spawnp(&process_, "redis-server", nullptr, nullptr, arguments.data(), environ) != 0) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    for (int tries = 0; tries < 500; ++tries) {
      fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
      ::close(std::exchange(fd_, -1));
      ::usleep(10'000);
    }
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() {
    if (fd_ >= 0) ::close(fd_);
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
  }
  [[nodiscard]] bool stands() const { return fd_ >= 0; }

  Reply ask(const std::string& command) {
    EXPECT_EQ(::send(fd_, command.data(), command.size(), 0), static_cast<ssize_t>(command.size()));
    std::string received;
    Reply reply;
    std::size_t used = 0;
    while (read_reply(received, reply, used) == RespRead::more) {
      std::array<char, 4096> some;
      const ssize_t size = ::recv(fd_, some.data(), some.size(), 0);
      if (size <= 0) break;
      received.append(some.data(), static_cast<std::size_t>(size));
      reply = {};
    }
    return reply;
  }
  Reply ask(std::initializer_list<std::string_view> words) {
    std::string command;
    append_command(command, words);
    return ask(command);
  }

 private:
  ScratchFolder folder_;
  pid_t process_ = 0;
  int fd_ = -1;
};

}  // namespace sallyport::shared::testing
