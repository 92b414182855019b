#include "inventory/segment.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/uuid.hpp"

namespace sallyport::inventory {
namespace {

bool all_digits(std::string_view s) { return !s.empty() && std::ranges::all_of(s, is_digit); }

bool is_date(std::string_view s) {
  return s.size() >= 10 && all_digits(s.substr(0, 4)) && s[4] == '-' && all_digits(s.substr(5, 2)) && s[7] == '-' &&
         all_digits(s.substr(8, 2)) && (s.size() == 10 || s[10] == 'T');
}

// v1, v1.2, v2beta1, 1.2, 1.2.3.
bool is_version(std::string_view s) {
  std::size_t at = s.starts_with('v') || s.starts_with('V') ? 1 : 0;
  const bool marked = at == 1;
  if (at >= s.size() || !is_digit(s[at])) return false;
  std::size_t dots = 0;
  while (at < s.size() && (is_digit(s[at]) || s[at] == '.')) dots += s[at++] == '.' ? 1 : 0;
  const std::string_view rest = s.substr(at);
  if (!marked) return dots >= 1 && rest.empty() && s.size() <= 10;
  if (s.size() > 12) return false;
  return rest.empty() || rest.starts_with("alpha") || rest.starts_with("beta") || rest.starts_with("rc");
}

bool is_locale(std::string_view s) {
  return s.size() == 5 && is_lower(s[0]) && is_lower(s[1]) && (s[2] == '-' || s[2] == '_') && is_upper(s[3]) &&
         is_upper(s[4]);
}

// Letters and digits that change places more often than words do.
bool is_code(std::string_view s) {
  std::size_t digits = 0;
  std::size_t upper = 0;
  std::size_t lower = 0;
  std::size_t changes = 0;
  int last = 0;
  for (const char c : s) {
    const int kind = is_digit(c) ? 1 : is_upper(c) ? 2 : is_lower(c) ? 3 : 0;
    digits += kind == 1 ? 1 : 0;
    upper += kind == 2 ? 1 : 0;
    lower += kind == 3 ? 1 : 0;
    if (kind != 0 && last != 0 && (kind == 1) != (last == 1)) ++changes;
    if (kind != 0) last = kind;
  }
  if (digits == 0) return s.size() >= 20 && upper * 3 >= s.size() && lower >= 4 && !s.contains('-') && !s.contains('_');
  if (digits >= 3 && s.size() >= 6) return true;
  return s.size() >= 8 && digits >= 2 && changes >= 2;
}

}  // namespace

Parts split_extension(std::string_view segment) {
  constexpr auto formats =
      std::to_array<std::string_view>({".json", ".xml", ".csv", ".pdf", ".html", ".txt", ".yaml", ".yml", ".png",
                                       ".jpg", ".svg", ".zip", ".ics", ".rss", ".atom"});
  const std::size_t dot = segment.rfind('.');
  if (dot != std::string_view::npos && dot > 0) {
    const std::string_view end = segment.substr(dot);
    if (std::ranges::find(formats, end) != formats.end()) return {segment.substr(0, dot), end};
  }
  return {segment, {}};
}

Segment kind_of_segment(std::string_view s) {
  if (s.empty()) return Segment::word;
  if (all_digits(s) || (s.size() > 1 && (s[0] == '-' || s[0] == '+') && all_digits(s.substr(1))))
    return Segment::integer;
  if (parse_uuid(s)) return Segment::uuid;
  if (is_date(s)) return Segment::date;
  if (is_version(s)) return Segment::version;
  if (is_locale(s)) return Segment::locale;
  if (s.size() > 64) return Segment::code;
  const bool digit = std::ranges::any_of(s, is_digit);
  if (s.size() >= 12 && digit && std::ranges::all_of(s, is_hex)) return Segment::hash;
  if (s.contains("...") || s.find_first_of("@%,;=~!*'\" ()[]{}|") != std::string_view::npos) return Segment::other;
  const std::size_t colon = s.find(':');
  if (colon != std::string_view::npos) {
    // "sha256:8f…" is a value; "orders:cancel" a method of its own.
    return kind_of_segment(s.substr(colon + 1)) == Segment::word ? Segment::word : Segment::other;
  }
  return is_code(s) ? Segment::code : Segment::word;
}

std::string_view word(Segment kind) {
  switch (kind) {
    case Segment::word:
      return "word";
    case Segment::version:
      return "version";
    case Segment::integer:
      return "integer";
    case Segment::uuid:
      return "uuid";
    case Segment::date:
      return "date";
    case Segment::hash:
      return "hash";
    case Segment::code:
      return "code";
    case Segment::locale:
      return "locale";
    case Segment::other:
      return "other";
  }
  return "word";
}

}  // namespace sallyport::inventory
