#include "events/key_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sallyport::events {
namespace {

constexpr std::size_t max_key_file = 65536;

std::unexpected<Error> refused(const std::string& path, const char* what) {
  return fail(ErrorCode::unavailable, std::string("cannot ") + what + " the key file: " + std::strerror(errno), path);
}

Result<std::string> read_all(int fd, const std::string& path) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return refused(path, "inspect");
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, "the key file is no regular file", path);
  if ((info.st_mode & 077) != 0)
    return fail(ErrorCode::invalid, "others than its owner have rights on the key file", path, "chmod 600 " + path);
  std::string text(max_key_file + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(fd, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return refused(path, "read");
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > max_key_file) return fail(ErrorCode::limit, "the key file has more than 64 KiB", path);
  text.resize(size);
  return text;
}

}  // namespace

Result<void> fill_random(std::span<unsigned char> out) {
  while (!out.empty()) {
    const ssize_t n = ::getrandom(out.data(), out.size(), 0);
    if (n < 0 && errno != EINTR)
      return fail(ErrorCode::unavailable, std::string("no random numbers: ") + std::strerror(errno));
    if (n > 0) out = out.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> read_or_make(const std::string& path, const std::function<Result<std::string>()>& make) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT) return refused(path, "open");
  if (fd >= 0) {
    auto text = read_all(fd, path);
    ::close(fd);
    return text;
  }
  auto text = make();
  if (!text) return text;
  // Linked into place when it is complete: a crash leaves no half key.
  const std::string fresh = path + ".new";
  fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return refused(fresh, "make");
  const bool written =
      ::write(fd, text->data(), text->size()) == static_cast<ssize_t>(text->size()) && ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) {
    if (!written) errno = error;
    auto refusal = refused(path, "write");
    ::unlink(fresh.c_str());
    return refusal;
  }
  return text;
}

}  // namespace sallyport::events
