#include "events/key_file.hpp"

#include "base/private_file.hpp"

namespace sallyport::events {
namespace {

constexpr std::size_t max_key_file = 65536;

}  // namespace

Result<std::string> read_or_make(const std::string& path, const std::function<Result<std::string>()>& make) {
  auto text = read_private_file(path, max_key_file);
  if (text || text.error().code != ErrorCode::not_found) return text;
  text = make();
  if (!text) return text;
  if (const auto written = replace_private_file(path, *text); !written) return std::unexpected(written.error());
  return text;
}

}  // namespace sallyport::events
