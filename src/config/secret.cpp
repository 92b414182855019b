#include "config/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

namespace sallyport::config {
namespace {

void wipe(std::string& text) { ::explicit_bzero(text.data(), text.size()); }

// A file descriptor that closes itself.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int n) : number(n) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::unexpected<Error> refused(ErrorCode code, const std::string& path, std::string_view why, std::string hint = {}) {
  return std::unexpected(
      Error{code, fmt::format("the secret file `{}` {}", path, why), {}, std::move(hint), ErrorSource::configuration});
}

std::unexpected<Error> unreadable(const std::string& path, int code) {
  const bool absent = code == ENOENT || code == ENOTDIR;
  return refused(absent ? ErrorCode::not_found : ErrorCode::unavailable, path,
                 "cannot be read: " + std::generic_category().message(code));
}

// The whole file into a buffer that is never reallocated, so that nothing is left behind.
Result<Secret> read_value(int descriptor, const std::string& path, std::string source) {
  std::string buffer(Secret::max_bytes + 1, '\0');
  std::size_t used = 0;
  while (used < buffer.size()) {
    const ssize_t got = ::read(descriptor, buffer.data() + used, buffer.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int code = errno;
      wipe(buffer);
      return unreadable(path, code);
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  std::string_view value = std::string_view(buffer).substr(0, used);
  if (value.ends_with('\n')) value.remove_suffix(1);
  if (value.ends_with('\r')) value.remove_suffix(1);
  const bool too_long = used > Secret::max_bytes;
  Secret secret = too_long ? Secret() : Secret(value, std::move(source));
  wipe(buffer);
  if (too_long) return refused(ErrorCode::limit, path, fmt::format("has more than {} bytes", Secret::max_bytes));
  if (secret.empty()) return refused(ErrorCode::invalid, path, "is empty");
  return secret;
}

}  // namespace

Secret::Secret(std::string_view value, std::string source)
    : value_(new std::string(value),
             [](std::string* owned) {
               wipe(*owned);
               delete owned;
             }),
      source_(std::move(source)) {}

Result<Secret> Secret::from_file(const std::string& path) {
  // Without O_NONBLOCK a named pipe would block here.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number < 0) return unreadable(path, errno);
  struct stat status = {};
  if (::fstat(file.number, &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return refused(ErrorCode::invalid, path, "is not a regular file");
  if ((status.st_mode & 077u) != 0) {
    return refused(ErrorCode::invalid, path,
                   fmt::format("is open to others than its owner (mode {:04o})", status.st_mode & 07777u),
                   fmt::format("chmod 0600 {}", path));
  }
  return read_value(file.number, path, "file " + path);
}

Result<Secret> Secret::from_credential(std::string_view name) {
  if (name.empty() || name == "." || name == ".." ||
      name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos) {
    return fail(ErrorCode::invalid, "expected the name of a systemd credential");
  }
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') {
    return fail(ErrorCode::not_found, "no systemd credentials were passed to this process", {},
                fmt::format("add LoadCredential={}:/path to the unit", name));
  }
  const std::string path = fmt::format("{}/{}", directory, name);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number < 0) return unreadable(path, errno);
  struct stat status = {};
  if (::fstat(file.number, &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return refused(ErrorCode::invalid, path, "is not a regular file");
  return read_value(file.number, path, fmt::format("credential {}", name));
}

}  // namespace sallyport::config
