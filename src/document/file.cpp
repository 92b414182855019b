#include "document/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace sallyport::document {
namespace {

std::unexpected<Error> refused(const std::string& path, int code) {
  const bool absent = code == ENOENT || code == ENOTDIR;
  return std::unexpected(Error{absent ? ErrorCode::not_found : ErrorCode::unavailable,
                               "cannot read the file: " + std::generic_category().message(code),
                               path,
                               {},
                               ErrorSource::configuration});
}

}  // namespace

Result<std::string> read_file(int descriptor, const std::string& path, std::size_t limit) {
  constexpr std::size_t step = 64u << 10;
  std::string text;
  while (true) {
    const std::size_t had = text.size();
    // One byte more than the limit tells that there is more.
    text.resize(std::min(limit + 1, had + std::max(step, had)));
    const ssize_t got = ::read(descriptor, text.data() + had, text.size() - had);
    if (got < 0 && errno == EINTR) {
      text.resize(had);
      continue;
    }
    if (got < 0) return refused(path, errno);
    text.resize(had + static_cast<std::size_t>(got));
    if (text.size() > limit) {
      return std::unexpected(Error{ErrorCode::limit,
                                   fmt::format("the file has more than {} bytes", limit),
                                   path,
                                   {},
                                   ErrorSource::configuration});
    }
    if (got == 0) return text;
  }
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return refused(path, errno);
  auto text = read_file(descriptor, path, limit);
  ::close(descriptor);
  return text;
}

}  // namespace sallyport::document
