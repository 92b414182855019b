#include "control_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace sallyport::cli {
namespace {

constexpr std::size_t max_verb = 256;
constexpr std::size_t max_reply = 1u << 20;
constexpr int patience_ms = 30'000;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(ErrorCode::limit, "the path is too long for a socket", path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool same_user(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == ::geteuid());
}

// Until a line feed, the end, the limit or the deadline.
std::string read_line(int fd, std::size_t limit) {
  std::string line;
  pollfd wait{fd, POLLIN, 0};
  while (line.size() < limit && ::poll(&wait, 1, patience_ms) > 0) {
    char block[4096];
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got <= 0) break;
    line.append(block, static_cast<std::size_t>(got));
    if (line.back() == '\n') break;
  }
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

ControlSocket::ControlSocket(int fd, std::string path, Serve serve)
    : fd_(fd), path_(std::move(path)), serve_(std::move(serve)), thread_([this] { run(); }) {}

ControlSocket::~ControlSocket() {
  stopping_ = true;
  ::shutdown(fd_, SHUT_RDWR);
  thread_.join();
  ::close(fd_);
  ::unlink(path_.c_str());
}

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const std::string& path, Serve serve) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::unlink(path.c_str());  // of a process that was killed; the event log's lock keeps out a live one
  const mode_t before = ::umask(0177);
  const bool bound =
      fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 && ::listen(fd, 8) == 0;
  const int error = errno;
  ::umask(before);
  if (!bound) {
    if (fd >= 0) ::close(fd);
    return fail(ErrorCode::unavailable, std::string("cannot open the control socket: ") + std::strerror(error), path);
  }
  return std::unique_ptr<ControlSocket>(new ControlSocket(fd, path, std::move(serve)));
}

void ControlSocket::run() {
  pollfd wait{fd_, POLLIN, 0};
  while (!stopping_) {
    if (::poll(&wait, 1, 200) <= 0) continue;
    const int peer = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) continue;
    if (same_user(peer)) {
      const Reply reply = serve_(read_line(peer, max_verb));
      write_all(peer, (reply.ok ? "ok\n" : "failed\n") + reply.text);
    }
    ::close(peer);
  }
}

Result<Reply> ask(const std::string& path, const std::string& verb) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return fail(ErrorCode::unavailable, "no gateway answers: " + why, path,
                "is `sallyport run` up with this configuration?");
  }
  write_all(fd, verb + "\n");
  std::string text;
  pollfd wait{fd, POLLIN, 0};
  while (text.size() < max_reply && ::poll(&wait, 1, patience_ms) > 0) {
    char block[4096];
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  ::close(fd);
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return fail(ErrorCode::unavailable, "the gateway did not answer", path);
  return Reply{text.substr(0, end) == "ok", text.substr(end + 1)};
}

}  // namespace sallyport::cli
