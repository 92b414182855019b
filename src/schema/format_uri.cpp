#include <algorithm>

#include "base/ascii.hpp"
#include "schema/format_parts.hpp"

namespace sallyport::schema::formats {
namespace {

bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// Unreserved, sub-delims, encodings, and `more`.
bool is_text(std::string_view text, std::string_view more, bool international) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
      continue;
    }
    const bool plain =
        is_letter(c) || is_digit(c) || std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos;
    if (!plain && more.find(c) == std::string_view::npos && !(international && is_high(c))) return false;
  }
  return true;
}

bool ip_literal(std::string_view text) {
  if (ipv6(text)) return true;
  if (text.size() < 4 || (text.front() | 0x20) != 'v') return false;  // IPvFuture
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot > 1 && dot + 1 < text.size() &&
         std::ranges::all_of(text.substr(1, dot - 1), is_hex) && is_text(text.substr(dot + 1), ":", false) &&
         text.find('%') == std::string_view::npos;
}

bool authority(std::string_view text, bool international) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (!is_text(text.substr(0, at), ":", international)) return false;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !ip_literal(text.substr(1, end - 1))) return false;
    port = text.substr(end + 1);
    if (!port.empty() && port.front() != ':') return false;
  } else {
    const auto colon = text.find(':');
    if (!is_text(text.substr(0, colon), "", international)) return false;
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  return port.empty() || std::ranges::all_of(port.substr(1), is_digit);
}

bool variable_name(std::string_view text) {
  bool dot = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (dot) return false;
      dot = true;
      continue;
    }
    dot = false;
    if (c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      i += 2;
    } else if (!is_letter(c) && !is_digit(c) && c != '_') {
      return false;
    }
  }
  return !dot;
}

bool expression(std::string_view text) {
  if (!text.empty() && std::string_view("+#./;?&=,!@|").find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  for (;;) {
    const auto comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    if (one.ends_with('*')) {
      one.remove_suffix(1);
    } else if (const auto colon = one.find(':'); colon != std::string_view::npos) {
      const std::string_view length = one.substr(colon + 1);
      if (length.empty() || length.size() > 4 || length.front() == '0' || !std::ranges::all_of(length, is_digit))
        return false;
      one = one.substr(0, colon);
    }
    if (!variable_name(one)) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool uri(std::string_view text, bool reference, bool international) noexcept {
  const auto end = text.find_first_of(":/?#");
  if (end != std::string_view::npos && text[end] == ':') {
    const std::string_view scheme = text.substr(0, end);
    if (scheme.empty() || !is_letter(scheme.front()) || !std::ranges::all_of(scheme, [](char c) {
          return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
        })) {
      return false;
    }
    text.remove_prefix(end + 1);
  } else if (!reference) {
    return false;
  }
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_text(text.substr(hash + 1), ":@/?", international)) return false;
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    if (!is_text(text.substr(mark + 1), ":@/?", international)) return false;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto slash = text.find('/');
    if (!authority(text.substr(0, slash), international)) return false;
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  }
  return is_text(text, ":@/", international);
}

bool uri_template(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{') {
      const auto end = text.find('}', i);
      if (end == std::string_view::npos || !expression(text.substr(i + 1, end - i - 1))) return false;
      i = end;
    } else if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f ||
               std::string_view("\"<>\\^`|}").find(c) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool json_pointer(std::string_view text) noexcept {
  if (text.empty()) return true;
  if (text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

bool relative_json_pointer(std::string_view text) noexcept {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
  text.remove_prefix(digits);
  return text == "#" || json_pointer(text);
}

}  // namespace sallyport::schema::formats
