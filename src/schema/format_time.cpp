#include <algorithm>

#include "base/ascii.hpp"
#include "schema/format_parts.hpp"

namespace sallyport::schema::formats {
namespace {

// Takes exactly `count` digits; -1 when they are not there.
int number(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text) {
  const int year = number(text, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = number(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return false;
  const int day = number(text, 2);
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day >= 1 && day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

// A leap second is the last one of a day in UTC.
bool take_time(std::string_view& text) {
  const int hour = number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return false;
  const int minute = number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return false;
  const int second = number(text, 2);
  if (second < 0 || second > 60) return false;
  if (take(text, '.')) {
    const auto end = std::ranges::find_if_not(text, is_digit);
    if (end == text.begin()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  }
  int offset = 0;
  if (!take(text, 'Z') && !take(text, 'z')) {
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
    const int sign = text.front() == '+' ? 1 : -1;
    text.remove_prefix(1);
    const int hours = number(text, 2);
    if (hours < 0 || hours > 23 || !take(text, ':')) return false;
    const int minutes = number(text, 2);
    if (minutes < 0 || minutes > 59) return false;
    offset = sign * (hours * 60 + minutes);
  }
  if (second < 60) return true;
  constexpr int day = 24 * 60;
  return ((hour * 60 + minute - offset) % day + day) % day == day - 1;
}

// Some of the units in their order, without gaps: "1Y2M3D", "2H3M". Digits before each.
bool take_units(std::string_view& text, std::string_view units) {
  std::size_t next = std::string_view::npos;
  bool any = false;
  while (!text.empty() && is_digit(text.front())) {
    const auto end = std::ranges::find_if_not(text, is_digit);
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    if (text.empty()) return false;
    const auto unit = units.find(text.front());
    if (unit == std::string_view::npos || (any && unit != next)) return false;
    next = unit + 1;
    any = true;
    text.remove_prefix(1);
  }
  return any;
}

}  // namespace

bool date(std::string_view text) noexcept { return take_date(text) && text.empty(); }
bool time(std::string_view text) noexcept { return take_time(text) && text.empty(); }
bool date_time(std::string_view text) noexcept {
  return take_date(text) && (take(text, 'T') || take(text, 't')) && take_time(text) && text.empty();
}

bool duration(std::string_view text) noexcept {
  if (!take(text, 'P') || text.empty()) return false;
  std::string_view weeks = text;
  if (take_units(weeks, "W")) return weeks.empty();
  if (text.front() != 'T' && !take_units(text, "YMD")) return false;
  if (text.empty()) return true;
  return take(text, 'T') && take_units(text, "HMS") && text.empty();
}

}  // namespace sallyport::schema::formats
