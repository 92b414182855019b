// ISO 8601 as RFC 3339 §5.6 narrows it.
#include <charconv>
#include <chrono>

#include "replay/har.hpp"

namespace sallyport::replay {
namespace {

// Takes digits off the front: `size` of them, below `limit`.
std::optional<int> take(std::string_view& text, std::size_t size, int limit) {
  if (text.size() < size) return std::nullopt;
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + size, value);
  if (read.ec != std::errc{} || read.ptr != text.data() + size || value < 0 || value >= limit) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456789": what is below a microsecond is dropped.
std::optional<int> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  int micros = 0;
  int scale = 100'000;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    micros += (text.front() - '0') * scale;
    scale /= 10;
  }
  return digits != 0 ? std::optional(micros) : std::nullopt;
}

// "Z" or "+01:00", in minutes.
std::optional<int> take_zone(std::string_view& text) {
  if (take(text, "Zz")) return 0;
  const bool west = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto hour = take(text, 2, 24);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take(text, 2, 60);
  if (!minute) return std::nullopt;
  return (west ? -1 : 1) * (*hour * 60 + *minute);
}

}  // namespace

std::optional<std::int64_t> parse_har_time(std::string_view text) {
  using namespace std::chrono;
  const auto number = [&text](std::size_t size, int limit, std::string_view before) -> std::optional<int> {
    if (!before.empty() && !take(text, before)) return std::nullopt;
    return take(text, size, limit);
  };
  const auto y = number(4, 10'000, "");
  const auto m = number(2, 13, "-");
  const auto d = number(2, 32, "-");
  const auto hour = number(2, 24, "Tt ");
  const auto minute = number(2, 60, ":");
  const auto second = number(2, 61, ":");
  if (!y || !m || !d || !hour || !minute || !second) return std::nullopt;
  const auto fraction = take_fraction(text);
  const auto zone = fraction ? take_zone(text) : std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!zone || !text.empty() || !date.ok()) return std::nullopt;
  const auto time = sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute - *zone) + seconds(*second) +
                    microseconds(*fraction);
  return duration_cast<microseconds>(time).count();
}

}  // namespace sallyport::replay
