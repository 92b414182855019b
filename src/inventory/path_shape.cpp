#include "inventory/path_shape.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/uuid.hpp"

namespace sallyport::inventory {
namespace {

bool is_base64(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c) || c == '-' || c == '_' || c == '+' || c == '=' || c == '.';
}

}  // namespace

bool looks_like_id(std::string_view s) {
  if (s.empty()) return false;
  if (s.size() > 64 || std::ranges::all_of(s, is_digit) || parse_uuid(s)) return true;
  const bool digit = std::ranges::any_of(s, is_digit);
  if (s.size() >= 12 && digit && std::ranges::all_of(s, is_hex)) return true;
  return s.size() >= 20 && digit && std::ranges::any_of(s, is_lower) && std::ranges::any_of(s, is_upper) &&
         std::ranges::all_of(s, is_base64);
}

std::string path_shape(std::string_view path) {
  std::string out;
  std::size_t parts = 0;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    const std::string_view shown = looks_like_id(segment) ? "{}" : segment;
    if (++parts > max_shape_parts || out.size() + shown.size() + 1 > max_shape) return out + "…";
    out += shown;
    if (slash == std::string_view::npos) break;
    out += '/';
    path.remove_prefix(slash + 1);
  }
  return out;
}

}  // namespace sallyport::inventory
