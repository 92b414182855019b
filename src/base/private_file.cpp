#include "base/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sallyport {
namespace {

std::unexpected<Error> refused(const std::string& path, const char* what) {
  const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, std::string("cannot ") + what + " the file: " + std::strerror(errno), path);
}

class Open {
 public:
  explicit Open(int fd) : fd_(fd) {}
  ~Open() {
    if (fd_ >= 0) ::close(fd_);
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Result<std::string> read_private_file(const std::string& path, std::size_t limit) {
  const Open file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd() < 0) return refused(path, "open");
  struct stat info{};
  if (::fstat(file.fd(), &info) != 0) return refused(path, "inspect");
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, "this is no regular file", path);
  if ((info.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid, "others than its owner have rights on the file", path, "chmod 600 " + path);
  }
  std::string text(limit + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(file.fd(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return refused(path, "read");
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > limit) return fail(ErrorCode::limit, "the file has more than " + std::to_string(limit) + " bytes", path);
  text.resize(size);
  return text;
}

Result<void> replace_private_file(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // of a crash: its rights may be others
  const Open file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.fd() < 0) return refused(fresh, "make");
  if (write_all(file.fd(), text) && ::fsync(file.fd()) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0) return {};
  auto refusal = refused(path, "write");
  ::unlink(fresh.c_str());
  return refusal;
}

}  // namespace sallyport
