#include "spec/date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace sallyport {
namespace {

// Reads exactly `count` digits and takes them off.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return {};
  int out = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return {};
    out = out * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return out;
}

bool skip(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Seconds of "hh:mm".
std::optional<std::int64_t> clock(std::string_view& text) {
  const auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !skip(text, ':')) return {};
  const auto minute = digits(text, 2);
  if (!minute || *minute > 59) return {};
  return *hour * 3600 + *minute * 60;
}

// Seconds of "Thh:mm:ssZ" or with an offset, to be added to midnight.
std::optional<std::int64_t> time_of_day(std::string_view& text) {
  if (!skip(text, 'T')) return {};
  const auto time = clock(text);
  if (!time || !skip(text, ':')) return {};
  const auto second = digits(text, 2);
  if (!second || *second > 59) return {};
  if (skip(text, 'Z')) return *time + *second;
  const bool east = text.starts_with('+');
  if (!east && !text.starts_with('-')) return {};
  text.remove_prefix(1);
  const auto offset = clock(text);
  if (!offset) return {};
  return *time + *second + (east ? -*offset : *offset);
}

std::optional<std::int64_t> read(std::string_view text) {
  using namespace std::chrono;
  const auto y = digits(text, 4);
  if (!y || !skip(text, '-')) return {};
  const auto m = digits(text, 2);
  if (!m || !skip(text, '-')) return {};
  const auto d = digits(text, 2);
  if (!d) return {};
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *y < 1970) return {};
  const std::int64_t midnight = sys_seconds{sys_days{date}}.time_since_epoch().count();
  if (text.empty()) return midnight;
  const auto time = time_of_day(text);
  if (!time || !text.empty() || midnight + *time < 0) return {};
  return midnight + *time;
}

constexpr std::array days_of_week{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr auto months_of_year = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

}  // namespace

Result<std::int64_t> parse_iso_date(std::string_view text) {
  if (const auto seconds = read(text)) return *seconds;
  return fail(ErrorCode::invalid, fmt::format("'{}' is no date", text), {}, "write 2026-12-31 or 2026-12-31T23:59:59Z");
}

std::string http_date(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds{seconds}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days_of_week[weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), months_of_year[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  // "Thu, 31 Dec 2026 00:00:00 GMT": all of one length. What is read must be what would be written.
  if (text.size() != 29) return {};
  std::string_view day = text.substr(5, 2), year_text = text.substr(12, 4), hour = text.substr(17, 2),
                   minute = text.substr(20, 2), second = text.substr(23, 2);
  const auto d = digits(day, 2), y = digits(year_text, 4), h = digits(hour, 2), m = digits(minute, 2),
             s = digits(second, 2);
  const auto* const name = std::ranges::find(months_of_year, text.substr(8, 3));
  if (!d || !y || !h || !m || !s || name == months_of_year.end()) return {};
  const auto month_number = static_cast<unsigned>(name - months_of_year.begin() + 1);
  const year_month_day date{year{*y}, month{month_number}, std::chrono::day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return {};
  const std::int64_t at = sys_seconds{sys_days{date}}.time_since_epoch().count() + *h * 3600 + *m * 60 + *s;
  if (http_date(at) != text) return {};
  return at;
}

std::string structured_date(std::int64_t seconds) { return fmt::format("@{}", seconds); }

}  // namespace sallyport
