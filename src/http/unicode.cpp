#include "http/unicode.hpp"

#include <algorithm>
#include <array>

namespace sallyport::http {
namespace {

struct Range {
  std::uint32_t low;
  std::uint32_t high;
};

constexpr auto ranges = std::to_array<Range>({
#include "http/confusables.inc"
});

}  // namespace

bool is_confusable(std::uint32_t point) noexcept {
  const auto after = std::ranges::upper_bound(ranges, point, {}, &Range::low);
  return after != ranges.begin() && point <= std::prev(after)->high;
}

}  // namespace sallyport::http
