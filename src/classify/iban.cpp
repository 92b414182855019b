#include "classify/iban.hpp"

#include <algorithm>
#include <array>

#include "classify/check_digits.hpp"

namespace sallyport::classify {
namespace {

struct Country {
  std::string_view code;
  std::string_view account;  // n digits, a letters, c both: as the SWIFT registry writes the BBAN
};
constexpr auto countries = std::to_array<Country>({
    {"AD", "8n12c"},   {"AE", "19n"},    {"AL", "8n16c"},    {"AT", "16n"},      {"AZ", "4a20c"},    {"BA", "16n"},
    {"BE", "12n"},     {"BG", "4a6n8c"}, {"BH", "4a14c"},    {"BI", "23n"},      {"BR", "23n1a1c"},  {"BY", "4c4n16c"},
    {"CH", "5n12c"},   {"CR", "18n"},    {"CY", "8n16c"},    {"CZ", "20n"},      {"DE", "18n"},      {"DJ", "23n"},
    {"DK", "14n"},     {"DO", "4c20n"},  {"EE", "16n"},      {"EG", "25n"},      {"ES", "20n"},      {"FI", "14n"},
    {"FK", "2a12n"},   {"FO", "14n"},    {"FR", "10n11c2n"}, {"GB", "4a14n"},    {"GE", "2a16n"},    {"GI", "4a15c"},
    {"GL", "14n"},     {"GR", "7n16c"},  {"GT", "4c20c"},    {"HN", "4a20n"},    {"HR", "17n"},      {"HU", "24n"},
    {"IE", "4a14n"},   {"IL", "19n"},    {"IQ", "4a15n"},    {"IS", "22n"},      {"IT", "1a10n12c"}, {"JO", "4a4n18c"},
    {"KW", "4a22c"},   {"KZ", "3n13c"},  {"LB", "4n20c"},    {"LC", "4a24c"},    {"LI", "5n12c"},    {"LT", "16n"},
    {"LU", "3n13c"},   {"LV", "4a13c"},  {"LY", "21n"},      {"MC", "10n11c2n"}, {"MD", "2c18c"},    {"ME", "18n"},
    {"MK", "3n10c2n"}, {"MN", "16n"},    {"MR", "23n"},      {"MT", "4a5n18c"},  {"MU", "4a19n3a"},  {"NI", "4a20n"},
    {"NL", "4a10n"},   {"NO", "11n"},    {"OM", "3n16c"},    {"PK", "4a16c"},    {"PL", "24n"},      {"PS", "4a21c"},
    {"PT", "21n"},     {"QA", "4a21c"},  {"RO", "4a16c"},    {"RS", "18n"},      {"RU", "14n15c"},   {"SA", "2n18c"},
    {"SC", "4a20n3a"}, {"SD", "14n"},    {"SE", "20n"},      {"SI", "15n"},      {"SK", "20n"},      {"SM", "1a10n12c"},
    {"SO", "19n"},     {"ST", "21n"},    {"SV", "4a20n"},    {"TL", "19n"},      {"TN", "20n"},      {"TR", "6n16c"},
    {"UA", "6n19c"},   {"VA", "18n"},    {"VG", "4a16n"},    {"XK", "16n"},      {"YE", "4a4n18c"},
});
static_assert(std::ranges::is_sorted(countries, {}, &Country::code));

bool fits(std::string_view text, std::string_view form) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    std::size_t count = 0;
    while (is_digit(form[i])) count = count * 10 + static_cast<std::size_t>(digit(form[i++]));
    for (; count > 0; --count, ++at) {
      if (at == text.size()) return false;
      const char c = text[at];
      const bool good = form[i] == 'n' ? is_digit(c) : form[i] == 'a' ? is_letter(c) : is_alnum(c);
      if (!good) return false;
    }
  }
  return at == text.size();
}

constexpr std::size_t length_of(std::string_view form) {
  std::size_t sum = 4;
  std::size_t count = 0;
  for (const char c : form) {
    if (is_digit(c)) {
      count = count * 10 + static_cast<std::size_t>(digit(c));
    } else {
      sum += count;
      count = 0;
    }
  }
  return sum;
}
static_assert(std::ranges::all_of(countries, [](const Country& c) { return length_of(c.account) <= max_iban; }));

const Country* country_of(std::string_view text) {
  const std::array<char, 2> code = {raised(text[0]), raised(text[1])};
  const auto at = std::ranges::lower_bound(countries, std::string_view(code.data(), 2), {}, &Country::code);
  return at != countries.end() && at->code == std::string_view(code.data(), 2) ? &*at : nullptr;
}

}  // namespace

bool is_iban(std::string_view compact) {
  if (compact.size() < 15 || !is_letter(compact[0]) || !is_letter(compact[1]) || !is_digit(compact[2]) ||
      !is_digit(compact[3])) {
    return false;
  }
  const Country* country = country_of(compact);
  return country != nullptr && fits(compact.substr(4), country->account) && mod97_iban(compact);
}

std::size_t find_iban(std::string_view text, std::size_t at, Findings& out) {
  if (at + 15 > text.size() || !is_letter(text[at]) || !is_letter(text[at + 1])) return 0;
  const Country* country = country_of(text.substr(at));
  if (country == nullptr) return 0;
  const std::size_t length = length_of(country->account);
  std::array<char, max_iban> compact;
  std::size_t size = 0;
  std::size_t end = at;
  // Spaces or dashes part groups of four, and nothing else.
  while (end < text.size() && size < length) {
    const char c = text[end];
    if (is_alnum(c)) {
      compact[size++] = c;
    } else if ((c != ' ' && c != '-') || size == 0 || size % 4 != 0 || !is_alnum(text[end - 1])) {
      return 0;
    }
    ++end;
  }
  if (size != length || (end < text.size() && (is_alnum(text[end]) || text[end] == '_'))) return 0;
  if (!is_iban({compact.data(), size})) return 0;
  out.add(Type::iban, Confidence::high, at, end);
  return end;
}

}  // namespace sallyport::classify
