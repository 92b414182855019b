#include "classify/persons.hpp"

#include <algorithm>
#include <array>

#include <sallyport/message.hpp>

namespace sallyport::classify {
namespace {

bool in_local_part(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool in_domain(char c) { return is_alnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80; }

// "logo@2x.png" is a file, not a mailbox.
bool is_file_ending(std::string_view label) {
  constexpr auto endings =
      std::to_array<std::string_view>({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "css", "js", "mjs",
                                       "ts", "json", "html", "map", "pdf", "tgz", "gz"});
  return std::ranges::any_of(endings, [&](std::string_view e) { return same_name(label, e); });
}

// Country codes of E.164 by their first digits: how many digits a code has; 0: none.
std::size_t country_code_size(std::string_view digits) {
  if (digits[0] == '1' || digits[0] == '7') return 1;
  if (digits[0] == '0' || digits.size() < 2) return 0;
  constexpr auto two =
      std::to_array<int>({20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54,
                          55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98});
  const int front = number(digits.substr(0, 2));
  if (std::ranges::binary_search(two, front)) return 2;
  if (digits.size() < 3) return 0;
  constexpr auto unused = std::to_array<int>({28, 83, 89});  // no country has codes of three digits there
  return std::ranges::find(unused, front) == unused.end() ? 3 : 0;
}

// Digits of a phone number as it is written: ' ', '-', '.', '/' and parentheses part them.
struct Written {
  std::array<char, 16> digits{};
  std::size_t count = 0;
  std::size_t end = 0;
  bool too_long = false;
  [[nodiscard]] std::string_view text() const { return {digits.data(), count}; }
};
Written read_phone(std::string_view text, std::size_t at) {
  Written out;
  bool open = false;
  for (std::size_t i = at; i < text.size() && i - at < 32; ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      if (out.count == out.digits.size()) {
        out.too_long = true;
        return out;
      }
      out.digits[out.count++] = c;
      out.end = i + 1;
    } else if (c == '(' && !open) {
      open = true;
    } else if (c == ')' && open) {
      open = false;
    } else if (c != ' ' && c != '-' && c != '.' && c != '/') {
      break;
    } else if (i > at && !is_digit(text[i - 1]) && text[i - 1] != ')') {
      break;
    }
  }
  return out;
}

bool good_nanp(std::string_view ten) {  // area and exchange: [2-9]XX
  return ten.size() == 10 && ten[0] >= '2' && ten[3] >= '2';
}

bool plausible_year(int year) { return year >= 1900 && year <= 2100; }

}  // namespace

std::size_t find_email(std::string_view text, std::size_t at, Findings& out) {
  constexpr std::size_t longest_local = 64;  // RFC 5321 4.5.3.1.1
  constexpr std::size_t longest_domain = 255;
  std::size_t begin = at;
  while (begin > 0 && at - begin <= longest_local && in_local_part(text[begin - 1])) --begin;
  while (begin < at && (!is_alnum(text[begin]) && static_cast<unsigned char>(text[begin]) < 0x80 && text[begin] != '_'))
    ++begin;
  const std::string_view local = text.substr(begin, at - begin);
  if (local.empty() || local.size() > longest_local || local.back() == '.' || local.contains("..")) return 0;
  std::size_t end = at + 1;
  while (end < text.size() && end - at <= longest_domain && in_domain(text[end])) ++end;
  while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  const std::string_view domain = text.substr(at + 1, end - at - 1);
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || domain.front() == '-' || domain.contains("..")) return 0;
  const std::string_view top = domain.substr(dot + 1);
  const bool named =
      std::ranges::all_of(top, [](char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; }) ||
      top.starts_with("xn--");
  if (top.size() < 2 || !named || is_file_ending(top)) return 0;
  if (end < text.size() && (text[end] == '@' || text[end] == '_')) return 0;
  if (begin >= 2 && text.substr(begin - 2, 2) == "//") return 0;          // the user of a URL
  if (local == "git" && end < text.size() && text[end] == ':') return 0;  // git@host:path
  out.add(Type::email, Confidence::high, begin, end);
  return end;
}

std::size_t find_phone(const Subject& s, std::size_t at, Findings& out) {
  const std::string_view text = s.text;
  const bool plus = at > 0 && text[at - 1] == '+';
  if (plus) {
    if (at >= 2 && is_alnum(text[at - 2])) return 0;  // "1+15"
    const Written phone = read_phone(text, at);
    if (phone.too_long || phone.count < 8 || phone.count > 15 || !s.ends_at(phone.end)) return 0;
    const std::size_t code = country_code_size(phone.text());
    if (code == 0 || phone.count < code + 6) return 0;
    if (phone.text()[0] == '1' && (phone.count != 11 || !good_nanp(phone.text().substr(1)))) return 0;
    if (is_placeholder(phone.text().substr(code))) return 0;
    out.add(Type::phone, Confidence::high, at - 1, phone.end);
    return phone.end;
  }
  const bool parenthesis = at > 0 && text[at - 1] == '(';
  const std::size_t begin = parenthesis ? at - 1 : at;
  const Written phone = read_phone(text, begin);
  if (phone.too_long || phone.count < 7 || !s.ends_at(phone.end)) return 0;
  // (201) 555-0123 and 201-555-0123 are written by nobody else.
  const std::string_view form = text.substr(at, phone.end - at);
  const bool dashed = form.size() == 12 && form[3] == '-' && form[7] == '-';
  const bool american =
      phone.count == 10 && good_nanp(phone.text()) && ((parenthesis && form.size() > 4 && form[3] == ')') || dashed);
  const bool compound = begin > 0 && (text[begin - 1] == '-' || text[begin - 1] == '.' || text[begin - 1] == '_') &&
                        begin > 1 && is_alnum(text[begin - 2]);
  if (is_placeholder(phone.text())) return 0;
  if (american && !compound) {
    out.add(Type::phone, Confidence::medium, begin, phone.end);
    return phone.end;
  }
  if (phone.count > 15 || !s.kinds_at(begin).has(Kind::phone)) return 0;
  // A date or an address of the net is none, whatever the field is called.
  if (form.size() >= 10 && form[4] == '-' && form[7] == '-' && (form.starts_with("19") || form.starts_with("20")))
    return 0;
  out.add(Type::phone, Confidence::medium, begin, phone.end);
  return phone.end;
}

std::size_t find_birth_date(const Subject& s, const NumberText& n, Findings& out) {
  std::size_t groups = 0;
  bool good = false;
  if (n.group_size(0) == 8) {
    const std::string_view d = n.digits(1);
    groups = 1;
    good = (plausible_year(number(d.substr(0, 4))) &&
            is_day(number(d.substr(0, 4)), number(d.substr(4, 2)), number(d.substr(6, 2)))) ||
           (plausible_year(number(d.substr(4))) &&
            (is_day(number(d.substr(4)), number(d.substr(2, 2)), number(d.substr(0, 2))) ||
             is_day(number(d.substr(4)), number(d.substr(0, 2)), number(d.substr(2, 2)))));
  } else if (n.groups() >= 3 && n.separator(0) == n.separator(1)) {
    groups = 3;
    const std::size_t first = n.group_size(0);
    const std::size_t second = n.group_size(1);
    const std::string_view d = n.digits(3);
    const int a = number(d.substr(0, first));
    const int b = number(d.substr(first, second));
    const int c = number(d.substr(first + second).substr(0, 4));
    if (first == 4) {
      good = second <= 2 && n.group_size(2) <= 2 && plausible_year(a) && is_day(a, b, c);
    } else if (first <= 2 && second <= 2 && (n.group_size(2) == 4 || n.group_size(2) == 2)) {
      const int year = n.group_size(2) == 2 ? 2000 : c;
      good = plausible_year(year) && (is_day(year, b, a) || is_day(year, a, b));
    }
  }
  if (!good || !s.kinds_at(n.begin()).has(Kind::birth)) return 0;
  out.add(Type::dob, Confidence::high, n.begin(), n.end(groups));
  return n.end(groups);
}

std::size_t find_coordinates(const Subject& s, std::size_t at, Findings& out) {
  // A number of degrees with at least four decimals; where it ends, or 0.
  const auto degrees = [&](std::size_t from, int most) -> std::size_t {
    std::size_t i = from;
    if (s.char_at(i) == '-' || s.char_at(i) == '+') ++i;
    const std::size_t whole = i;
    while (is_digit(s.char_at(i)) && i - whole < 4) ++i;
    if (i == whole || i - whole > 3 || number(s.text.substr(whole, i - whole)) > most || s.char_at(i) != '.') return 0;
    const std::size_t point = i++;
    while (is_digit(s.char_at(i)) && i - point < 20) ++i;
    return i - point > 4 ? i : 0;
  };
  const std::size_t begin = at > 0 && (s.text[at - 1] == '-' || s.text[at - 1] == '+') ? at - 1 : at;
  if (begin > 0 && (is_alnum(s.text[begin - 1]) || s.text[begin - 1] == '.')) return 0;
  const std::size_t first = degrees(begin, 90);
  if (first == 0 || (s.char_at(first) != ',' && s.char_at(first) != ';' && s.char_at(first) != ' ')) return 0;
  std::size_t second = first + 1;
  if (s.char_at(second) == ' ') ++second;
  const std::size_t end = degrees(second, 180);
  if (end == 0 || !s.ends_at(end)) return 0;
  out.add(Type::geo, Confidence::medium, begin, end);
  return end;
}

}  // namespace sallyport::classify
