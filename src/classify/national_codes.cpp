// Long because one file holds the codes of many countries, each a few lines.
#include "classify/national_codes.hpp"

#include <algorithm>
#include <array>

#include "classify/iban.hpp"

namespace sallyport::classify {
namespace {

// Upper case letters and digits of a word, for comparing.
struct Upper {
  std::array<char, 24> letters{};
  std::size_t size = 0;
  explicit Upper(std::string_view word) {
    for (const char c : word.substr(0, letters.size())) letters[size++] = raised(c);
  }
  [[nodiscard]] std::string_view text() const { return {letters.data(), size}; }
};

// Does the text have this form? '9' a digit, 'A' a letter, 'X' either; all else stands for itself.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const char c = text[i];
    const bool good = form[i] == '9'   ? is_digit(c)
                      : form[i] == 'A' ? is_letter(c)
                      : form[i] == 'X' ? is_alnum(c)
                                       : c == form[i];
    if (!good) return false;
  }
  return true;
}

bool nino_prefix(char first, char second) {
  constexpr std::string_view never = "DFIQUV";
  if (never.contains(first) || never.contains(second) || second == 'O') return false;
  for (const std::string_view out : {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}) {
    if (out[0] == first && out[1] == second) return false;
  }
  return true;
}

// "AB 12 34 56 C", "AB123456C".
std::size_t nino(const Subject& s, std::size_t at, Findings& out) {
  std::array<char, 9> compact;
  std::size_t size = 0;
  std::size_t end = at;
  while (end < s.text.size() && size < 9) {
    const char c = s.text[end];
    if (is_alnum(c)) {
      compact[size++] = raised(c);
    } else if ((c != ' ' && c != '-') || size % 2 != 0) {
      return 0;
    }
    ++end;
  }
  if (size != 9 || !s.ends_at(end) || !has_form({compact.data(), 9}, "AA999999A")) return 0;
  if (!nino_prefix(compact[0], compact[1]) || compact[8] > 'D') return 0;
  out.add(Type::uk_nino, Confidence::high, at, end);
  return end;
}

constexpr std::string_view dni_letters = "TRWAGMYFPDXBNJZSQVHLCKE";

bool nie(std::string_view u) {  // X1234567L
  if (!has_form(u, "A9999999A") || u[0] < 'X') return false;
  return dni_letters[static_cast<std::size_t>((u[0] - 'X') * 10'000'000 + number(u.substr(1, 7))) % 23] == u[8];
}
bool dni(std::string_view u) {
  return has_form(u, "99999999A") && dni_letters[static_cast<std::size_t>(number(u.substr(0, 8))) % 23] == u[8];
}

bool sg_nric(std::string_view u) {
  if (!has_form(u, "A9999999A")) return false;
  int sum = weighted(u.substr(1, 7), {2, 7, 6, 5, 4, 3, 2});
  const auto rest = [&] { return static_cast<std::size_t>(sum % 11); };
  switch (u[0]) {
    case 'T':
      sum += 4;
      [[fallthrough]];
    case 'S':
      return std::string_view("JZIHGFEDCBA")[rest()] == u[8];
    case 'G':
      sum += 4;
      [[fallthrough]];
    case 'F':
      return std::string_view("XWUTRQPNMLK")[rest()] == u[8];
    case 'M':
      return std::string_view("KLJNPQRTUWX")[10 - static_cast<std::size_t>((sum + 3) % 11)] == u[8];
    default:
      return false;
  }
}

bool tw_id(std::string_view u) {
  if (!has_form(u, "A999999999") || (u[1] != '1' && u[1] != '2' && u[1] != '8' && u[1] != '9')) return false;
  constexpr std::string_view order = "ABCDEFGHJKLMNPQRSTUVXYWZIO";  // A is 10
  const int letter = static_cast<int>(order.find(u[0])) + 10;
  const int sum = letter / 10 + letter % 10 * 9 + weighted(u.substr(1), {8, 7, 6, 5, 4, 3, 2, 1, 1});
  return sum % 10 == 0;
}

bool hk_hkid(std::string_view letters, std::string_view digits, char check) {
  int sum = letters.size() == 1 ? 36 * 9 : (letters[0] - 'A' + 10) * 9;
  sum += (letters.back() - 'A' + 10) * 8 + weighted(digits, {7, 6, 5, 4, 3, 2});
  const int rest = (11 - sum % 11) % 11;
  return check == (rest == 10 ? 'A' : static_cast<char>('0' + rest));
}

bool ie_pps(std::string_view u) {
  if (!has_form(u, "9999999A") && !has_form(u, "9999999AA")) return false;
  int sum = weighted(u.substr(0, 7), {8, 7, 6, 5, 4, 3, 2});
  if (u.size() == 9 && u[8] != 'W') sum += (u[8] - 'A' + 1) * 9;
  return std::string_view("WABCDEFGHIJKLMNOPQRSTUV")[static_cast<std::size_t>(sum % 23)] == u[7];
}

bool de_pension(std::string_view u) {  // area, date of birth, letter, serial, check digit
  if (!has_form(u, "99999999A999")) return false;
  const int day = number(u.substr(2, 2));
  const int area = number(u.substr(0, 2));
  if (area < 2 || number(u.substr(4, 2)) > 12 || day == 0 || (day > 31 && day < 51) || day > 81) return false;
  const int letter = u[8] - 'A' + 1;
  const std::array<int, 12> digits = {digit(u[0]), digit(u[1]), digit(u[2]), digit(u[3]), digit(u[4]), digit(u[5]),
                                      digit(u[6]), digit(u[7]), letter / 10, letter % 10, digit(u[9]), digit(u[10])};
  constexpr std::array<int, 12> weights = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int product = digits[i] * weights[i];
    sum += product / 10 + product % 10;
  }
  return sum % 10 == digit(u[11]);
}

bool cn_with_x(std::string_view u) {
  if (!has_form(u, "99999999999999999A") || u[17] != 'X') return false;
  const int year = number(u.substr(6, 4));
  if (year < 1900 || year > 2100 || !is_day(year, number(u.substr(10, 2)), number(u.substr(12, 2)))) return false;
  return weighted(u.substr(0, 17), {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}) % 11 == 2;
}

bool in_pan(std::string_view u) {
  return has_form(u, "AAAAA9999A") && std::string_view("ABCFGHJLPT").contains(u[3]) && u.substr(5, 4) != "0000";
}

bool mx_curp(std::string_view u) {
  if (!has_form(u, "AAAA999999AAAAAAX9")) return false;
  if (!is_day(2000, number(u.substr(6, 2)), number(u.substr(8, 2))) || !std::string_view("HMX").contains(u[10]))
    return false;
  // The alphabet has an Ñ between N and O.
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    const int value = is_digit(u[i]) ? digit(u[i]) : u[i] - 'A' + 10 + (u[i] > 'N' ? 1 : 0);
    sum += value * (18 - static_cast<int>(i));
  }
  return (10 - sum % 10) % 10 == digit(u[17]);
}

bool dea(std::string_view u) {
  if (!has_form(u, "AA9999999") && !has_form(u, "A99999999")) return false;
  if (!std::string_view("ABCDEFGHJKLMPRSTUX").contains(u[0]) || (is_digit(u[1]) && u[1] != '9')) return false;
  const int sum = digit(u[2]) + digit(u[4]) + digit(u[6]) + 2 * (digit(u[3]) + digit(u[5]) + digit(u[7]));
  return sum % 10 == digit(u[8]);
}

// EU VAT numbers: country, form of the rest. Check digits of the largest are looked at.
struct Vat {
  std::string_view country;
  std::string_view form;
};
constexpr auto vats = std::to_array<Vat>({
    {"AT", "U99999999"},    {"BE", "9999999999"},  {"BG", "999999999"},   {"BG", "9999999999"},
    {"CY", "99999999A"},    {"CZ", "99999999"},    {"CZ", "999999999"},   {"CZ", "9999999999"},
    {"DE", "999999999"},    {"DK", "99999999"},    {"EE", "999999999"},   {"EL", "999999999"},
    {"ES", "X9999999X"},    {"FI", "99999999"},    {"FR", "XX999999999"}, {"GB", "999999999"},
    {"GB", "999999999999"}, {"HR", "99999999999"}, {"HU", "99999999"},    {"IE", "9X99999A"},
    {"IE", "9999999AA"},    {"IT", "99999999999"}, {"LT", "999999999"},   {"LT", "999999999999"},
    {"LU", "99999999"},     {"LV", "99999999999"}, {"MT", "99999999"},    {"NL", "999999999B99"},
    {"PL", "9999999999"},   {"PT", "999999999"},   {"RO", "99999999"},    {"RO", "9999999"},
    {"SE", "999999999999"}, {"SI", "99999999"},    {"SK", "9999999999"},  {"XI", "999999999"},
});
bool vat_id(std::string_view u) {
  if (u.size() < 4) return false;
  const std::string_view rest = u.substr(2);
  for (const Vat& vat : vats) {
    if (!u.starts_with(vat.country) || !has_form(rest, vat.form)) continue;
    if (vat.country == "DE") return mod11_10(rest);
    if (vat.country == "IT") return luhn(rest);
    if (vat.country == "BE") return (number(rest.substr(0, 8)) + number(rest.substr(8))) % 97 == 0;
    if (vat.country == "PL") return weighted(rest, {6, 5, 7, 2, 3, 4, 5, 6, 7}) % 11 == digit(rest[9]);
    return true;
  }
  return false;
}

bool icd10(std::string_view text) {
  if (text.size() < 3 || !is_letter(text[0]) || raised(text[0]) == 'U' || !is_digit(text[1]) || !is_alnum(text[2]))
    return false;
  return text.size() == 3 || (text[3] == '.' && text.size() > 4 && text.size() <= 8);
}

// "131052-308T", "131052A308T".
std::size_t hetu(const Subject& s, std::size_t at, Findings& out) {
  if (at + 11 > s.text.size() || !s.ends_at(at + 11)) return 0;
  const std::string_view text = s.text.substr(at, 11);
  if (!all_digits(text.substr(0, 6)) || !all_digits(text.substr(7, 3))) return 0;
  if (!std::string_view("-+ABCDEFYXWVU").contains(text[6])) return 0;
  if (!is_day(2000, number(text.substr(2, 2)), number(text.substr(0, 2)))) return 0;
  const int rest = (number(text.substr(0, 6)) * 1000 + number(text.substr(7, 3))) % 31;
  if (std::string_view("0123456789ABCDEFHJKLMNPRSTUVWXY")[static_cast<std::size_t>(rest)] != raised(text[10])) return 0;
  out.add(Type::fi_hetu, Confidence::high, at, at + 11);
  return at + 11;
}

struct Code {
  Type type;
  bool (*valid)(std::string_view upper);
  bool proof;  // needs no name
  Kinds names;
};
constexpr auto codes = std::to_array<Code>({
    {Type::it_codice_fiscale, is_codice_fiscale, true, {Kind::codice_fiscale, Kind::tax}},
    {Type::mx_curp, mx_curp, true, {Kind::curp}},
    {Type::cn_resident_id, cn_with_x, true, {Kind::cn}},
    {Type::de_pension, de_pension, true, {Kind::pension_de}},
    {Type::mbi, is_mbi, true, {Kind::mbi}},
    {Type::in_pan, in_pan, true, {Kind::pan_in}},
    {Type::es_dni, nie, true, {Kind::dni}},
    {Type::sg_nric, sg_nric, true, {Kind::nric}},
    {Type::es_dni, dni, false, {Kind::dni, Kind::national}},
    {Type::tw_id, tw_id, false, {Kind::tw, Kind::national}},
    {Type::ie_pps, ie_pps, false, {Kind::pps, Kind::national}},
    {Type::dea, dea, false, {Kind::dea}},
    {Type::vat_id, vat_id, false, {Kind::vat, Kind::tax}},
});

// Documents that only their name tells: 6 to 12 letters and digits with digits among them.
std::size_t named_document(const Subject& s, std::size_t at, std::string_view word, const Kinds& kinds, Findings& out) {
  if (word.size() < 5 || word.size() > 20) return 0;
  const auto digits = std::ranges::count_if(word, is_digit);
  if (digits < 4) return 0;
  if (kinds.has(Kind::passport) && word.size() <= 10) {
    out.add(Type::passport, Confidence::medium, at, at + word.size());
  } else if (kinds.has(Kind::mrn)) {
    out.add(Type::mrn, Confidence::medium, at, at + word.size());
  } else if (kinds.has(Kind::licence)) {
    out.add(Type::driver_licence, Confidence::medium, at, at + word.size());
  } else {
    return 0;
  }
  return s.ends_at(at + word.size()) ? at + word.size() : 0;
}

// "A123456(3)", "AB987654(3)".
std::size_t hkid(const Subject& s, std::size_t at, std::string_view word, Findings& out) {
  const std::size_t letters = word.size() - 6;
  const std::size_t open = at + word.size();
  if (s.char_at(open) != '(' || s.char_at(open + 2) != ')') return 0;
  const Upper upper(word);
  const std::string_view u = upper.text();
  if (!std::ranges::all_of(u.substr(0, letters), is_letter) || !all_digits(u.substr(letters))) return 0;
  if (!hk_hkid(u.substr(0, letters), u.substr(letters), raised(s.text[open + 1]))) return 0;
  out.add(Type::hk_hkid, Confidence::high, at, open + 3);
  return open + 3;
}

// "1EG4-TE5-MK73".
std::size_t dashed_mbi(const Subject& s, std::size_t at, Findings& out) {
  if (at + 13 > s.text.size() || s.text[at + 4] != '-' || s.text[at + 8] != '-' || !s.ends_at(at + 13)) return 0;
  std::array<char, 11> compact;
  std::size_t size = 0;
  for (const char c : s.text.substr(at, 13)) {
    if (c != '-' && size < compact.size()) compact[size++] = raised(c);
  }
  if (!is_mbi({compact.data(), size})) return 0;
  out.add(Type::mbi, Confidence::high, at, at + 13);
  return at + 13;
}

}  // namespace

bool is_mbi(std::string_view u) {
  // C A AN N A AN N A A N N; letters without S, L, O, I, B, Z; the first digit is not 0.
  if (!has_form(u, "9AX9AX9AA99") || u[0] == '0') return false;
  return u.find_first_of("SLOIBZ") == std::string_view::npos;
}

bool is_codice_fiscale(std::string_view u) {
  // Digits may have been replaced by letters where two persons share a code (omocodia).
  if (u.size() != 16) return false;
  constexpr std::string_view omocodia = "LMNPQRSTUV";
  constexpr std::string_view form = "AAAAAA99A99A999A";
  std::array<char, 16> plain;
  for (std::size_t i = 0; i < 16; ++i) {
    plain[i] = u[i];
    if (form[i] == 'A' && !is_letter(u[i])) return false;
    if (form[i] == '9' && !is_digit(u[i])) {
      const std::size_t at = omocodia.find(u[i]);
      if (at == std::string_view::npos) return false;
      plain[i] = static_cast<char>('0' + at);
    }
  }
  if (!std::string_view("ABCDEHLMPRST").contains(u[8])) return false;
  const int day = digit(plain[9]) * 10 + digit(plain[10]);
  if (day == 0 || (day > 31 && day < 41) || day > 71) return false;
  constexpr std::array<int, 26> odd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                       20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const int value = is_digit(u[i]) ? digit(u[i]) : u[i] - 'A';
    sum += i % 2 == 0 ? odd[static_cast<std::size_t>(value)] : value;
  }
  return u[15] == static_cast<char>('A' + sum % 26);
}

std::size_t find_code(const Subject& s, std::size_t at, Findings& out) {
  if (is_letter(s.text[at]) && is_letter(s.char_at(at + 1))) {
    if (is_digit(s.char_at(at + 2)) && is_digit(s.char_at(at + 3))) {
      if (const std::size_t end = find_iban(s.text, at, out); end != 0) return end;
    }
    if (const std::size_t end = nino(s, at, out); end != 0) return end;
  }
  if (is_digit(s.text[at])) {
    if (const std::size_t end = hetu(s, at, out); end != 0) return end;
    if (const std::size_t end = dashed_mbi(s, at, out); end != 0) return end;
  }
  const std::string_view word = s.word_at(at, 25);
  if (word.size() > 24 || !s.ends_at(at + word.size())) return 0;
  if (word.size() == 7 || word.size() == 8) {
    if (const std::size_t end = hkid(s, at, word, out); end != 0) return end;
  }
  // A part of a longer word, as of a UUID or a product code, is no code of a person.
  const bool compound = (at > 1 && (s.text[at - 1] == '-' || s.text[at - 1] == '.' || s.text[at - 1] == '_')) ||
                        (s.char_at(at + word.size()) == '-' && is_alnum(s.char_at(at + word.size() + 1)));
  if (word.size() < 3) return 0;
  Kinds kinds;
  bool asked = false;
  if (word.size() >= 8 && word.size() <= 18) {
    const Upper upper(word);
    for (const Code& code : codes) {
      if (!code.valid(upper.text())) continue;
      if (!asked) kinds = s.kinds_at(at);
      asked = true;
      const bool named = kinds.any_of(code.names);
      if (!named && (!code.proof || compound || is_lower(word.front()) || is_lower(word.back()))) continue;
      out.add(code.type, named ? Confidence::high : Confidence::medium, at, at + word.size());
      return at + word.size();
    }
  }
  // What only a name tells: not worth asking for words that could be neither.
  const bool diagnosis = is_letter(word[0]) && is_digit(word[1]) && word.size() <= 7;
  if (!diagnosis && std::ranges::count_if(word, is_digit) < 4) return 0;
  if (!asked) kinds = s.kinds_at(at);
  if (diagnosis && kinds.has(Kind::diagnosis)) {
    std::size_t end = at + word.size();
    if (s.char_at(end) == '.' && is_alnum(s.char_at(end + 1))) end += 1 + s.word_at(end + 1, 5).size();
    if (icd10(s.text.substr(at, end - at))) {
      out.add(Type::icd10, Confidence::medium, at, end);
      return end;
    }
  }
  return named_document(s, at, word, kinds, out);
}

}  // namespace sallyport::classify
