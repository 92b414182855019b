#include "decode/cookies.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::expected<Pairs, Refusal> read_cookies(std::string_view text, Arena& arena, const CookieLimits& limits) {
  Pairs pairs;
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return refuse("utf8", "not UTF-8", bad);
  }
  const auto separators = static_cast<std::size_t>(std::ranges::count(text, ';'));
  const auto room = arena.array<Pair>(std::min<std::size_t>(separators + 1, limits.cookies));
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t begin = at;
    const std::size_t semicolon = std::min(text.find(';', at), text.size());
    std::size_t end = semicolon;
    while (begin < end && is_space(text[begin])) ++begin;
    while (end > begin && is_space(text[end - 1])) --end;
    const std::string_view part = text.substr(begin, end - begin);
    at = semicolon + 1;
    if (part.empty()) continue;
    if (count == limits.cookies) return refuse("cookies", "too many cookies", begin);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return refuse("cookie_name", "a cookie without '='", begin);
    const std::string_view name = part.substr(0, equals);
    if (name.empty() || name.front() == '$' || !http::all(name, http::character::tchar)) {
      return refuse("cookie_name", "a cookie whose name is no token", begin);
    }
    std::string_view value = part.substr(equals + 1);
    if (value.starts_with('"')) {
      if (value.size() < 2 || !value.ends_with('"')) {
        return refuse("cookie_quote", "a quote that is not closed", begin + equals + 1);
      }
      value = value.substr(1, value.size() - 2);
      if (value.find('"') != std::string_view::npos) {
        return refuse("cookie_quote", "a quote within quotes", begin + equals + 1);
      }
    }
    room[count++] = Pair{name, value, begin, true};
  }
  pairs.items = room.first(count);
  return pairs;
}

}  // namespace sallyport::decode
