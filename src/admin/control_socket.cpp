#include "admin/control_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <optional>

#include "admin/limits.hpp"
#include "base/json_text.hpp"
#include "document/node.hpp"

namespace sallyport::admin {
namespace {

constexpr std::chrono::seconds reply_patience{120};  // a reload reads every specification

std::unexpected<Error> cannot(const char* what, const std::string& path) {
  return fail(ErrorCode::unavailable, std::string("cannot ") + what + ": " + std::strerror(errno), path);
}

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::limit, "the path is too long for a socket", path, "107 bytes at most");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Result<void> check_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return cannot("make the directory", directory);
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) return cannot("look at the directory", directory);
  if ((status.st_uid != ::geteuid() && status.st_uid != 0) || (status.st_mode & 022) != 0) {
    return fail(ErrorCode::invalid, "others can write to the directory of the control socket", directory,
                "chmod 700 " + directory);
  }
  return {};
}

bool connects(const sockaddr_un& address) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool ok = fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) ::close(fd);
  return ok;
}

bool same_user(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == ::geteuid());
}

// A line without its line feed; null when it does not come in time, is too long or cut off.
std::optional<std::string> read_line(int fd, std::size_t limit, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string line;
  while (line.size() <= limit) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wait{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) return std::nullopt;
    char block[4096];
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got <= 0) return std::nullopt;
    line.append(block, static_cast<std::size_t>(got));
    if (const std::size_t end = line.find('\n'); end != std::string::npos) {
      line.resize(end);
      return line.size() <= limit ? std::optional(line) : std::nullopt;
    }
  }
  return std::nullopt;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string refused(std::string_view why) {
  std::string out = R"({"ok":false,"error":)";
  append_json(out, why);
  return out + "}";
}

}  // namespace

ControlSocket::ControlSocket(int listener, int wake, std::string path, Verbs verbs)
    : listener_(listener), wake_(wake), path_(std::move(path)), verbs_(std::move(verbs)), thread_([this] { run(); }) {}

ControlSocket::~ControlSocket() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t woken = ::write(wake_, &one, sizeof one);
  thread_.join();
  ::close(listener_);
  ::close(wake_);
  ::unlink(path_.c_str());
}

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const std::string& path, Verbs verbs) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  if (const auto checked = check_directory(path); !checked) return std::unexpected(checked.error());
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) return fail(ErrorCode::invalid, "is in the way of the control socket", path);
    if (connects(*address)) return fail(ErrorCode::unavailable, "another gateway answers on the control socket", path);
    ::unlink(path.c_str());
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int wake = ::eventfd(0, EFD_CLOEXEC);
  // The mode of the descriptor becomes the mode of the file (Linux): it is never open to others.
  const bool open = fd >= 0 && wake >= 0 && ::fchmod(fd, 0600) == 0 &&
                    ::bind(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 &&
                    ::chmod(path.c_str(), 0600) == 0 && ::listen(fd, 8) == 0;
  if (!open) {
    const auto error = cannot("open the control socket", path);
    if (fd >= 0) ::close(fd);
    if (wake >= 0) ::close(wake);
    return error;
  }
  return std::unique_ptr<ControlSocket>(new ControlSocket(fd, wake, path, std::move(verbs)));
}

void ControlSocket::run() {
  pollfd wait[2] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
  for (;;) {
    if (::poll(wait, 2, -1) < 0) continue;
    if (wait[1].revents != 0) return;
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) {
      if (errno != EAGAIN && ::poll(&wait[1], 1, 100) > 0) return;  // no descriptors: not in a hurry
      continue;
    }
    const timeval patience{.tv_sec = io_timeout.count(), .tv_usec = 0};
    ::setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (same_user(peer)) serve(peer);
    ::close(peer);
  }
}

void ControlSocket::serve(int peer) {
  try {
    const auto line = read_line(peer, max_control_line, io_timeout);
    write_all(peer, (line ? reply(*line) : refused("send one line, at most 16 KiB")) + "\n");
  } catch (const std::exception& e) {  // of a verb; the gateway must not end for it
    write_all(peer, "{\"ok\":false,\"error\":\"internal error\"}\n");
  }
}

std::string ControlSocket::reply(std::string_view line) const {
  const document::Limits limits{.bytes = max_control_line, .nodes = 16, .depth = 2, .scalar = 512};
  const auto request = document::parse(std::string(line), "request", limits);
  const document::Node* const name = request && request->root().is_mapping() ? request->root().find("verb") : nullptr;
  if (name == nullptr) return refused(R"(send {"verb":"…"})");
  const auto verb = verbs_.find(name->text());
  if (verb == verbs_.end()) return refused("unknown verb");
  Arguments arguments;
  for (const document::Entry& entry : request->root().entries()) {
    if (entry.key != "verb") arguments.emplace(entry.key, entry.value.text());
  }
  const auto result = verb->second(arguments);
  return result ? R"({"ok":true,"result":)" + *result + "}" : refused(result.error().text());
}

Result<std::string> ask_control(const std::string& path, std::string_view verb, const Arguments& arguments) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    auto error = cannot("reach the gateway", path);
    error.error().hint = "is `sallyport run` up with this configuration?";
    if (fd >= 0) ::close(fd);
    return error;
  }
  std::string request = R"({"verb":)";
  append_json(request, verb);
  for (const auto& [name, value] : arguments) {
    append_json(request += ',', name);
    append_json(request += ':', value);
  }
  write_all(fd, request + "}\n");
  const auto line = read_line(fd, max_control_reply, reply_patience);
  ::close(fd);
  if (!line) return fail(ErrorCode::timeout, "the gateway did not answer", path);
  constexpr std::string_view good = R"({"ok":true,"result":)";
  if (line->starts_with(good) && line->ends_with('}')) return line->substr(good.size(), line->size() - good.size() - 1);
  const auto reply = document::parse(*line, path);
  const document::Node* const why = reply && reply->root().is_mapping() ? reply->root().find("error") : nullptr;
  if (why == nullptr) return fail(ErrorCode::unavailable, "the gateway's answer could not be read", path);
  return fail(ErrorCode::invalid, std::string(why->text()));
}

}  // namespace sallyport::admin
