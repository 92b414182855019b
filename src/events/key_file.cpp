#include "events/key_file.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "base/private_file.hpp"

namespace sallyport::events {
namespace {

constexpr std::size_t max_key_file = 65536;

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
  auto text = read_private_file(path, max_key_file);
  if (text || text.error().code != ErrorCode::not_found) return text;
  text = make();
  if (!text) return text;
  if (const auto written = replace_private_file(path, *text); !written) return std::unexpected(written.error());
  return text;
}

}  // namespace sallyport::events
