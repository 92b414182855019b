#include "config/size.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace sallyport::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::array<Unit, 5> units = {{{"TiB", std::uint64_t{1} << 40u},
                                        {"GiB", std::uint64_t{1} << 30u},
                                        {"MiB", std::uint64_t{1} << 20u},
                                        {"KiB", std::uint64_t{1} << 10u},
                                        {"B", 1}}};

}  // namespace

std::optional<Size> parse_size(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return Size{count};
  for (const Unit& unit : units) {
    if (unit.name != text) continue;
    if (count > std::numeric_limits<std::uint64_t>::max() / unit.bytes) return std::nullopt;
    return Size{count * unit.bytes};
  }
  return std::nullopt;
}

std::string format_size(Size size) {
  for (const Unit& unit : units) {
    if (unit.bytes > 1 && size.bytes != 0 && size.bytes % unit.bytes == 0) {
      return std::to_string(size.bytes / unit.bytes).append(unit.name);
    }
  }
  return std::to_string(size.bytes);
}

}  // namespace sallyport::config
