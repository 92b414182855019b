// Whatever the bytes: a header is said of them only when it is there as a whole, the same in one piece and in
// many, and never of what is behind it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/proxy_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sallyport::gateway::read_proxy_header;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = read_proxy_header(bytes);
  if (whole && (whole->size > bytes.size() || whole->size > sallyport::gateway::max_proxy_header)) std::abort();
  const bool settled = !whole || whole->size != 0;
  for (std::size_t end = 0; end < size; ++end) {
    const auto part = read_proxy_header(bytes.substr(0, end));
    if (!part) {
      if (whole) std::abort();  // what was refused early must be refused as a whole
      return 0;
    }
    if (part->size == 0) continue;
    if (!settled || !whole || part->size != whole->size || part->client != whole->client ||
        part->client_port != whole->client_port || part->own != whole->own || end < part->size)
      std::abort();
  }
  return 0;
}
