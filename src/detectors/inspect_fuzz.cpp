// Any bytes, as any kind of value: every span lies in what was looked at, every rule has a name.
#include <cstdint>
#include <cstdlib>
#include <functional>

#include "detectors/inspect.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const detectors::Site site{.opaque = (data[0] & 1u) != 0,
                             .user_agent = (data[0] & 2u) != 0,
                             .graphql = (data[0] & 4u) != 0,
                             .name = (data[0] & 8u) != 0,
                             .inert = (data[0] & 16u) != 0};
  Arena arena;
  const std::string_view text = detectors::fold(bytes, arena);
  detectors::Findings findings;
  detectors::inspect(text, site, findings);
  for (const auto& evidence : findings.all()) {
    if (evidence.strength == 0) continue;
    const bool inside = std::less_equal<>{}(text.data(), evidence.span.data()) &&
                        std::less_equal<>{}(evidence.span.data() + evidence.span.size(), text.data() + text.size());
    if (!inside || evidence.rule.empty() || evidence.strength > 10) std::abort();
  }
  return 0;
}
