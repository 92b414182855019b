// Any bytes as a URL: what is read says the same when it is written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fetch/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::fetch;
  const auto url = parse_url({reinterpret_cast<const char*>(bytes), size});
  if (!url) return 0;
  for (const char c : url->text()) {
    if (c <= ' ' || c > '~') std::abort();  // nothing that could end a line of a request
  }
  const auto again = parse_url(url->text());
  if (!again || !again->same_origin(*url) || again->target != url->target) std::abort();
  return 0;
}
