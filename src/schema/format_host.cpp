#include <idn2.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/ascii.hpp"
#include "schema/format_parts.hpp"

namespace sallyport::schema::formats {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;

bool starts_as_a_label(std::string_view label) {
  return label.size() >= 4 && (label[0] | 0x20) == 'x' && (label[1] | 0x20) == 'n' && label[2] == '-' &&
         label[3] == '-';
}

// Letters, digits and inner hyphens.
bool plain_label(std::string_view label) {
  if (label.empty() || label.size() > longest_label || label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

// The same, with hyphens in the third and fourth place only of an A-label.
bool ldh_label(std::string_view label) {
  if (!plain_label(label)) return false;
  return label.size() < 4 || label[2] != '-' || label[3] != '-' || starts_as_a_label(label);
}

struct Free {
  void operator()(void* text) const { idn2_free(text); }
};

// An A-label must be what its U-label is encoded as (RFC 5891 §5.4).
bool good_a_label(const std::string& label) {
  char* out = nullptr;
  if (idn2_to_unicode_8z8z(label.c_str(), &out, 0) != IDN2_OK) return false;
  const std::unique_ptr<char, Free> unicode(out);
  char* again = nullptr;
  if (idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(out), reinterpret_cast<std::uint8_t**>(&again),
                     IDN2_NFC_INPUT | IDN2_NO_TR46) != IDN2_OK) {
    return false;
  }
  const std::unique_ptr<char, Free> ascii(again);
  return std::ranges::equal(
      label, std::string_view(again), {}, [](char c) { return c | 0x20; }, [](char c) { return c | 0x20; });
}

// The contextual rules of RFC 5892 appendix A that libidn2 leaves to registries.
bool good_context(std::u32string_view label) {
  const auto in = [](char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; };
  bool arabic = false, extended = false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const char32_t c = label[i];
    const char32_t before = i > 0 ? label[i - 1] : 0;
    const char32_t after = i + 1 < label.size() ? label[i + 1] : 0;
    if (c == 0xb7 && (before != 'l' || after != 'l')) return false;                          // middle dot
    if (c == 0x375 && !in(after, 0x370, 0x3ff) && !in(after, 0x1f00, 0x1fff)) return false;  // keraia
    if ((c == 0x5f3 || c == 0x5f4) && !in(before, 0x590, 0x5ff)) return false;               // geresh, gershayim
    if (c == 0x30fb && std::ranges::none_of(label, [&](char32_t other) {
          return other != 0x30fb && (in(other, 0x3041, 0x30ff) || in(other, 0x31f0, 0x31ff) || other == 0x3005 ||
                                     in(other, 0x3400, 0x4dbf) || in(other, 0x4e00, 0x9fff) ||
                                     in(other, 0xf900, 0xfaff) || in(other, 0x20000, 0x3ffff));
        })) {
      return false;  // katakana middle dot
    }
    // Exceptions that are DISALLOWED (RFC 5892 §2.6).
    if (c == 0x640 || c == 0x7fa || c == 0x302e || c == 0x302f || in(c, 0x3031, 0x3035) || c == 0x303b) return false;
    arabic = arabic || in(c, 0x660, 0x669);
    extended = extended || in(c, 0x6f0, 0x6f9);
  }
  return !(arabic && extended);
}

bool right_to_left(char32_t c) {
  return (c >= 0x590 && c <= 0x8ff && !(c >= 0x660 && c <= 0x669) && !(c >= 0x6f0 && c <= 0x6f9)) ||
         (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff);
}

// RFC 5893 §2, what matters of it: in a name with a right-to-left label none begins with a digit,
// and no such label has digits of both kinds.
bool good_direction(std::u32string_view label) {
  const bool european =
      std::ranges::any_of(label, [](char32_t c) { return (c >= '0' && c <= '9') || (c >= 0x6f0 && c <= 0x6f9); });
  const bool arabic = std::ranges::any_of(label, [](char32_t c) { return c >= 0x660 && c <= 0x669; });
  if (!label.empty() && label.front() >= '0' && label.front() <= '9') return false;
  return !(european && arabic && std::ranges::any_of(label, right_to_left));
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      code = (code << 6u) | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    }
    out += code;
    i += length;
  }
  return out;
}

bool u_label(const std::string& label) {
  if (!good_context(code_points(label))) return false;
  char* out = nullptr;
  const int result = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(label.c_str()),
                                    reinterpret_cast<std::uint8_t**>(&out), IDN2_NFC_INPUT | IDN2_NO_TR46);
  const std::unique_ptr<char, Free> ascii(out);
  return result == IDN2_OK && std::string_view(out).size() <= longest_label;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool a_label_or_plain(std::string_view label) {
  if (!ldh_label(label)) return false;
  if (!starts_as_a_label(label)) return true;
  char* out = nullptr;
  const std::string text(label);
  if (idn2_to_unicode_8z8z(text.c_str(), &out, 0) != IDN2_OK) return false;
  const std::unique_ptr<char, Free> unicode(out);
  return !is_ascii(out) && good_context(code_points(out)) && good_a_label(text);
}

bool local_part(std::string_view text, bool international) {
  if (text.empty() || text.size() > 64) return false;
  const auto high = [&](char c) { return international && static_cast<unsigned char>(c) >= 0x80; };
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') {
        if (++i == text.size() || text[i] < 0x20 || text[i] > 0x7e) return false;
      } else if (!high(text[i]) && (text[i] == '"' || text[i] < 0x20 || text[i] > 0x7e)) {
        return false;
      }
    }
    return true;
  }
  bool dot = true;
  for (const char c : text) {
    if (c == '.') {
      if (dot) return false;
      dot = true;
      continue;
    }
    dot = false;
    if (!is_letter(c) && !is_digit(c) && !high(c) &&
        std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !dot;
}

}  // namespace

bool hostname(std::string_view text) {
  if (text.empty() || text.size() > longest_name) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!a_label_or_plain(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool old_hostname(std::string_view text) noexcept {
  if (text.empty() || text.size() > longest_name) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!plain_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool idn_hostname(std::string_view text) {
  if (text.empty() || text.size() > longest_name * 4) return false;
  // The separators of RFC 3490 §3.1.
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view three = text.substr(i, 3);
    const bool stop = three == "\xe3\x80\x82" || three == "\xef\xbc\x8e" || three == "\xef\xbd\xa1";
    plain += stop ? '.' : text[i];
    i += stop ? 3 : 1;
  }
  std::size_t length = 0;
  const bool directed = std::ranges::any_of(code_points(plain), right_to_left);
  for (std::string_view rest = plain;;) {
    const auto dot = rest.find('.');
    const std::string label(rest.substr(0, dot));
    if (directed && !good_direction(code_points(label))) return false;
    if (is_ascii(label) ? !a_label_or_plain(label) : !u_label(label)) return false;
    length += label.size() + 1;
    if (dot == std::string_view::npos) return is_ascii(plain) ? length <= longest_name + 1 : true;
    rest.remove_prefix(dot + 1);
  }
}

bool email(std::string_view text, bool international) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || !local_part(text.substr(0, at), international)) return false;
  std::string_view domain = text.substr(at + 1);
  if (domain.size() >= 2 && domain.front() == '[' && domain.back() == ']') {
    domain = domain.substr(1, domain.size() - 2);
    return domain.starts_with("IPv6:") ? ipv6(domain.substr(5)) : ipv4(domain);
  }
  return international ? idn_hostname(domain) : hostname(domain);
}

bool ipv4(std::string_view text) noexcept {
  for (int part = 0; part < 4; ++part) {
    if (part != 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    std::size_t length = 0;
    int value = 0;
    while (length < text.size() && length < 3 && is_digit(text[length])) value = value * 10 + (text[length++] - '0');
    if (length == 0 || value > 255 || (length > 1 && text.front() == '0')) return false;
    text.remove_prefix(length);
  }
  return text.empty();
}

bool ipv6(std::string_view text) noexcept {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (text.find('.') != std::string_view::npos && text.find(':') == std::string_view::npos) {
      if (!ipv4(text)) return false;
      groups += 2;
      text = {};
      break;
    }
    std::size_t length = 0;
    while (length < text.size() && length < 5 && is_hex(text[length])) ++length;
    if (length == 0 || length > 4) return false;
    text.remove_prefix(length);
    ++groups;
    if (text.empty()) break;
    if (text.starts_with("::")) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(2);
    } else if (text.starts_with(':') && text.size() > 1) {
      text.remove_prefix(1);
    } else {
      return false;
    }
  }
  return gap ? groups <= 7 : groups == 8;
}

}  // namespace sallyport::schema::formats
