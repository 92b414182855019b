#include "config/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace sallyport::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::int64_t day = 86'400'000;
constexpr std::int64_t longest = 36'500 * day;
constexpr std::array<Unit, 6> units = {
    {{"w", 7 * day}, {"d", day}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration(0);
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const char* end = text.data() + text.size();
    const auto [digits_end, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(digits_end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < units.size() && units[next_unit].name != name) ++next_unit;
    if (next_unit == units.size()) return std::nullopt;
    const std::int64_t size = units[next_unit++].milliseconds;
    if (count > (longest - total) / size) return std::nullopt;
    total += count * size;
    text.remove_prefix(name.size());
  }
  return Duration(total);
}

std::string format_duration(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string out = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  for (const Unit& unit : units) {
    if (unit.name == "w" || rest < unit.milliseconds) continue;
    out += std::to_string(rest / unit.milliseconds);
    out += unit.name;
    rest %= unit.milliseconds;
  }
  return out;
}

}  // namespace sallyport::config
