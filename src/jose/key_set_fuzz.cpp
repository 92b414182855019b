// Any bytes as a key set. Whatever keys come of it, they can be asked.
#include <string_view>

#include "jose/key_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  using namespace sallyport;
  const auto set = jose::KeySet::parse({reinterpret_cast<const char*>(bytes), size});
  if (!set) return 0;
  for (std::size_t i = 0; i < jose::algorithm_count; ++i) {
    (void)set->verify(static_cast<jose::Algorithm>(i), std::nullopt, "text", "signature");
  }
  return 0;
}
