#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace sallyport {

Result<void> fill_random(std::span<unsigned char> out) {
  while (!out.empty()) {
    const ssize_t n = ::getrandom(out.data(), out.size(), 0);
    if (n < 0 && errno != EINTR)
      return fail(ErrorCode::unavailable, std::string("no random numbers: ") + std::strerror(errno));
    if (n > 0) out = out.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

void fill_random_or_throw(std::span<unsigned char> out) {
  if (const auto filled = fill_random(out); !filled) throw std::runtime_error(filled.error().message);
}

}  // namespace sallyport
