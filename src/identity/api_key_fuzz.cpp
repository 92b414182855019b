// Any bytes as a file of API keys and as a key: what is read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/api_keys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::identity;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::string hashing(32, 'h');
  if (const auto key = read_api_key(text); key && key->whole != text) std::abort();
  const auto keys = ApiKeys::parse(text, hashing);
  if (!keys) return 0;
  const auto again = ApiKeys::parse(keys->json(), hashing);
  if (!again || again->json() != keys->json()) std::abort();
  return 0;
}
