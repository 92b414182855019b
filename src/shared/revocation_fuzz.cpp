// What stands in the shared set: read strictly, and written as it was read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "shared/revocation_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::shared;
  const auto one = parse_revocation({reinterpret_cast<const char*>(bytes), size});
  if (!one) return 0;
  if (one->value.empty() || one->value.size() > Revocations::max_value) std::abort();
  const auto again = parse_revocation(format_revocation(*one));
  if (!again || *again != *one) std::abort();
  return 0;
}
