// Long because one table holds every country's number with its rule.
#include "classify/national_numbers.hpp"

#include <algorithm>
#include <array>

#include "classify/check_digits.hpp"

namespace sallyport::classify {
namespace {

using Digits = std::string_view;

int part(Digits d, std::size_t at, std::size_t size) { return number(d.substr(at, size)); }
// Two digits of year, month and day; the century is open.
bool yymmdd(Digits d) { return is_day(2000, part(d, 2, 2), part(d, 4, 2)); }
bool ddmmyy(Digits d) { return is_day(2000, part(d, 2, 2), part(d, 0, 2)); }

bool us_ssn(Digits d) {
  const int area = part(d, 0, 3);
  if (area == 0 || area == 666 || area >= 900 || part(d, 3, 2) == 0 || part(d, 5, 4) == 0) return false;
  // Printed on sample cards and in advertisements, or typed by everybody.
  return d != "078051120" && d != "219099999" && d != "123456789" && d != "111111111" && d != "123121234";
}
bool us_itin(Digits d) {
  const int group = part(d, 3, 2);
  return d[0] == '9' && ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) ||
                         (group >= 94 && group <= 99));
}
bool us_ein(Digits d) {
  constexpr auto unused = std::to_array<int>({0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97});
  return std::ranges::find(unused, part(d, 0, 2)) == unused.end() && !is_placeholder(d);
}
bool uk_nhs(Digits d) {
  const int check = (11 - weighted(d, {10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return check != 10 && check == digit(d[9]) && !is_placeholder(d);
}
bool de_tax_id(Digits d) {
  if (d[0] == '0') return false;
  std::array<int, 10> count{};
  for (const char c : d.substr(0, 10)) ++count[static_cast<std::size_t>(digit(c))];
  int repeated = 0;
  for (const int n : count) {
    if (n > 3) return false;
    repeated += n > 1 ? 1 : 0;
  }
  return repeated == 1 && mod11_10(d);
}
bool fr_nir(Digits d) {
  const int month = part(d, 3, 2);
  const bool known_month = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
  if ((d[0] != '1' && d[0] != '2') || !known_month || part(d, 7, 3) == 0) return false;
  int rest = 0;
  for (const char c : d.substr(0, 13)) rest = (rest * 10 + digit(c)) % 97;
  return 97 - rest == part(d, 13, 2);
}
bool nl_bsn(Digits d) {
  const int sum = weighted(d, {9, 8, 7, 6, 5, 4, 3, 2, -1});
  return sum % 11 == 0 && !is_placeholder(d);
}
bool be_national(Digits d) {
  const int month = part(d, 2, 2) % 20;
  if (month > 12 || part(d, 4, 2) > 31) return false;
  const int check = part(d, 9, 2);
  const int front = part(d, 0, 9);
  return check == 97 - front % 97 || check == 97 - static_cast<int>((2'000'000'000LL + front) % 97);
}
bool ch_ahv(Digits d) { return d.starts_with("756") && ean(d); }
bool at_svnr(Digits d) {
  const int sum = 3 * digit(d[0]) + 7 * digit(d[1]) + 9 * digit(d[2]) + weighted(d.substr(4), {5, 8, 4, 2, 1, 6});
  return d[0] != '0' && part(d, 4, 2) <= 31 && part(d, 6, 2) <= 15 && sum % 11 == digit(d[3]);
}
bool pl_pesel(Digits d) {
  const int sum = weighted(d, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3});
  return is_day(2000, part(d, 2, 2) % 20, part(d, 4, 2)) && (10 - sum % 10) % 10 == digit(d[10]);
}
bool se_short(Digits d) {
  const int day = part(d, 4, 2);
  return is_day(2000, part(d, 2, 2), day > 60 ? day - 60 : day) && luhn(d);
}
bool se_long(Digits d) {
  return (d.starts_with("19") || d.starts_with("20") || d.starts_with("18")) && se_short(d.substr(2));
}
bool no_fodselsnummer(Digits d) {
  const int day = part(d, 0, 2);
  const int month = part(d, 2, 2);
  if (!is_day(2000, month > 80 ? month - 80 : month > 40 ? month - 40 : month, day > 40 ? day - 40 : day)) return false;
  const int first = (11 - weighted(d, {3, 7, 6, 1, 8, 9, 4, 5, 2}) % 11) % 11;
  const int second = (11 - weighted(d, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return first == digit(d[9]) && second == digit(d[10]);
}
bool dk_cpr(Digits d) { return ddmmyy(d); }
bool cz_birth_number(Digits d) {
  const int month = part(d, 2, 2) % 50;
  if (!is_day(2000, month > 20 ? month - 20 : month, part(d, 4, 2))) return false;
  const long long all = 10LL * part(d, 0, 9) + digit(d[9]);
  return all % 11 == 0 || (all / 10 % 11 == 10 && d[9] == '0');
}
bool ro_cnp(Digits d) {
  const int rest = weighted(d, {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}) % 11;
  return d[0] != '0' && yymmdd(d.substr(1)) && (rest == 10 ? 1 : rest) == digit(d[12]);
}
bool bg_egn(Digits d) {
  const int month = part(d, 2, 2);
  const int rest = weighted(d, {2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11;
  return is_day(2000,
                month > 40   ? month - 40
                : month > 20 ? month - 20
                             : month,
                part(d, 4, 2)) &&
         rest % 10 == digit(d[9]);
}
bool hr_oib(Digits d) { return mod11_10(d) && !is_placeholder(d); }
bool ee_isikukood(Digits d) {
  if (d[0] == '0' || d[0] == '9' || !yymmdd(d.substr(1))) return false;
  int rest = weighted(d, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1}) % 11;
  if (rest == 10) rest = weighted(d, {3, 4, 5, 6, 7, 8, 9, 1, 2, 3}) % 11;
  return rest % 10 == digit(d[10]);
}
bool pt_nif(Digits d) {
  const int rest = weighted(d, {9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return d[0] != '0' && d[0] != '4' && (rest < 2 ? 0 : 11 - rest) == digit(d[8]) && !is_placeholder(d);
}
bool gr_amka(Digits d) { return ddmmyy(d) && luhn(d); }
bool tr_tckn(Digits d) {
  int odd = 0;
  int even = 0;
  int all = 0;
  for (std::size_t i = 0; i < 9; ++i) (i % 2 == 0 ? odd : even) += digit(d[i]);
  for (std::size_t i = 0; i < 10; ++i) all += digit(d[i]);
  return d[0] != '0' && ((odd * 7 - even) % 10 + 10) % 10 == digit(d[9]) && all % 10 == digit(d[10]);
}
bool il_id(Digits d) { return luhn(d) && !is_placeholder(d); }
bool ru_snils(Digits d) {
  const int rest = weighted(d, {9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101;
  return part(d, 0, 9) > 1'001'998 && rest % 100 == part(d, 9, 2);
}
bool ca_sin(Digits d) { return d[0] != '0' && d[0] != '8' && luhn(d) && !is_placeholder(d); }
bool br_cpf(Digits d) {
  const int first = weighted(d, {10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  const int second = weighted(d, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  return first == digit(d[9]) && second == digit(d[10]) && !is_placeholder(d.substr(0, 9));
}
bool br_cnpj(Digits d) {
  const auto check = [](int sum) { return sum % 11 < 2 ? 0 : 11 - sum % 11; };
  return check(weighted(d, {5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2})) == digit(d[12]) &&
         check(weighted(d, {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2})) == digit(d[13]) &&
         !is_placeholder(d.substr(0, 12));
}
bool ar_cuit(Digits d) {
  constexpr auto prefixes = std::to_array<int>({20, 23, 24, 25, 26, 27, 30, 33, 34});
  const int check = (11 - weighted(d, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return std::ranges::find(prefixes, part(d, 0, 2)) != prefixes.end() && (check == 10 ? 9 : check) == digit(d[10]);
}
bool cl_rut(Digits d) {
  int sum = 0;
  for (std::size_t i = 0; i + 1 < d.size(); ++i) sum += digit(d[d.size() - 2 - i]) * (2 + static_cast<int>(i % 6));
  return (11 - sum % 11) % 11 == digit(d.back()) && !is_placeholder(d.substr(0, d.size() - 1));
}
bool in_aadhaar(Digits d) { return d[0] >= '2' && verhoeff(d) && !is_placeholder(d); }
bool cn_resident_id(Digits d) {
  const int year = part(d, 6, 4);
  if (d[0] == '0' || d[0] == '9' || year < 1900 || year > 2100 || !is_day(year, part(d, 10, 2), part(d, 12, 2)))
    return false;
  const int sum = weighted(d, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return (12 - sum % 11) % 11 == digit(d[17]);  // 10 is an X: national_codes
}
bool jp_my_number(Digits d) {
  const int rest = weighted(d, {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return (rest <= 1 ? 0 : 11 - rest) == digit(d[11]) && !is_placeholder(d);
}
bool kr_shape(Digits d) { return yymmdd(d); }
bool kr_rrn(Digits d) {
  return kr_shape(d) && (11 - weighted(d, {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}) % 11) % 10 == digit(d[12]);
}
bool th_id(Digits d) {
  return d[0] != '0' && (11 - weighted(d, {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 10 == digit(d[12]);
}
bool au_tfn(Digits d) { return weighted(d, {1, 4, 3, 7, 5, 8, 6, 9, 10}) % 11 == 0 && !is_placeholder(d); }
bool au_medicare(Digits d) {
  return d[0] >= '2' && d[0] <= '6' && weighted(d, {1, 3, 7, 9, 1, 3, 7, 9}) % 10 == digit(d[8]) && d[9] != '0';
}
bool za_id(Digits d) { return yymmdd(d) && d[10] <= '2' && luhn(d); }
bool npi_number(Digits d) {
  if (d[0] != '1' && d[0] != '2') return false;
  std::array<char, 15> whole{'8', '0', '8', '4', '0'};
  d.copy(whole.data() + 5, 10);
  return luhn({whole.data(), whole.size()});
}
bool aba(Digits d) {
  const int front = part(d, 0, 2);
  const bool used = front <= 12 || (front >= 21 && front <= 32) || (front >= 61 && front <= 72) || front == 80;
  return used && part(d, 0, 4) != 0 && weighted(d, {3, 7, 1, 3, 7, 1, 3, 7, 1}) % 10 == 0;
}
bool any(Digits) { return true; }

enum class Need : std::uint8_t {
  nothing,  // the form and its check digits are proof
  name,     // its name must stand with it
};

struct Rule {
  Type type;
  std::string_view pattern;
  Need need;
  bool (*valid)(Digits);
  Kinds names;
};

// In the order in which they are asked: with two good ones, the first.
const auto& rules() {
  static constexpr auto table = std::to_array<Rule>({
      {Type::us_ssn, "3-2-4", Need::nothing, us_ssn, {Kind::ssn}},
      {Type::us_ssn, "3 2 4", Need::name, us_ssn, {Kind::ssn, Kind::national, Kind::tax}},
      {Type::us_ssn, "9", Need::name, us_ssn, {Kind::ssn}},
      {Type::us_itin, "3-2-4", Need::nothing, us_itin, {Kind::itin, Kind::tax}},
      {Type::us_itin, "9", Need::name, us_itin, {Kind::itin}},
      {Type::us_ein, "2-7", Need::name, us_ein, {Kind::ein, Kind::tax}},
      {Type::us_ein, "9", Need::name, us_ein, {Kind::ein}},
      {Type::bank_routing, "9", Need::name, aba, {Kind::routing}},
      {Type::de_tax_id, "2 3 3 3", Need::nothing, de_tax_id, {Kind::tax_de, Kind::tax}},
      {Type::de_tax_id, "11", Need::name, de_tax_id, {Kind::tax_de, Kind::tax}},
      {Type::fr_nir, "1 2 2 2 3 3 2", Need::nothing, fr_nir, {Kind::nir}},
      {Type::fr_nir, "13 2", Need::nothing, fr_nir, {Kind::nir}},
      {Type::fr_nir, "15", Need::name, fr_nir, {Kind::nir, Kind::national, Kind::ssn}},
      {Type::nl_bsn, "9", Need::name, nl_bsn, {Kind::bsn}},
      {Type::nl_bsn, "4.2.3", Need::nothing, nl_bsn, {Kind::bsn}},
      {Type::be_national, "2.2.2-3.2", Need::nothing, be_national, {Kind::be}},
      {Type::be_national, "11", Need::name, be_national, {Kind::be}},
      {Type::ch_ahv, "3.4.4.2", Need::nothing, ch_ahv, {Kind::ahv}},
      {Type::ch_ahv, "13", Need::nothing, ch_ahv, {Kind::ahv}},
      {Type::at_svnr, "4 6", Need::name, at_svnr, {Kind::svnr, Kind::national}},
      {Type::at_svnr, "10", Need::name, at_svnr, {Kind::svnr}},
      {Type::pl_pesel, "11", Need::name, pl_pesel, {Kind::pesel, Kind::national}},
      {Type::se_personnummer, "6-4", Need::nothing, se_short, {Kind::se, Kind::national}},
      {Type::se_personnummer, "8-4", Need::nothing, se_long, {Kind::se, Kind::national}},
      {Type::se_personnummer, "10", Need::name, se_short, {Kind::se}},
      {Type::se_personnummer, "12", Need::name, se_long, {Kind::se}},
      {Type::no_fodselsnummer, "6 5", Need::nothing, no_fodselsnummer, {Kind::no, Kind::national}},
      {Type::no_fodselsnummer, "11", Need::name, no_fodselsnummer, {Kind::no, Kind::national}},
      {Type::dk_cpr, "6-4", Need::name, dk_cpr, {Kind::cpr}},
      {Type::dk_cpr, "10", Need::name, dk_cpr, {Kind::cpr}},
      {Type::cz_birth_number, "6/4", Need::nothing, cz_birth_number, {Kind::rc, Kind::national}},
      {Type::cz_birth_number, "10", Need::name, cz_birth_number, {Kind::rc}},
      {Type::ro_cnp, "13", Need::name, ro_cnp, {Kind::cnp, Kind::national}},
      {Type::bg_egn, "10", Need::name, bg_egn, {Kind::egn, Kind::national}},
      {Type::hr_oib, "11", Need::name, hr_oib, {Kind::oib, Kind::tax}},
      {Type::ee_isikukood, "11", Need::name, ee_isikukood, {Kind::isikukood, Kind::national}},
      {Type::pt_nif, "3_3_3", Need::name, pt_nif, {Kind::nif, Kind::tax}},
      {Type::pt_nif, "9", Need::name, pt_nif, {Kind::nif}},
      {Type::gr_amka, "11", Need::name, gr_amka, {Kind::amka, Kind::national}},
      {Type::tr_tckn, "11", Need::name, tr_tckn, {Kind::tckn, Kind::national}},
      {Type::il_id, "9", Need::name, il_id, {Kind::teudat, Kind::national}},
      {Type::ru_snils, "3-3-3 2", Need::nothing, ru_snils, {Kind::snils}},
      {Type::ru_snils, "11", Need::name, ru_snils, {Kind::snils}},
      {Type::ca_sin, "3_3_3", Need::name, ca_sin, {Kind::sin, Kind::national, Kind::ssn}},
      {Type::ca_sin, "9", Need::name, ca_sin, {Kind::sin}},
      {Type::br_cpf, "3.3.3-2", Need::nothing, br_cpf, {Kind::cpf, Kind::tax}},
      {Type::br_cpf, "11", Need::name, br_cpf, {Kind::cpf, Kind::tax}},
      {Type::br_cnpj, "2.3.3/4-2", Need::nothing, br_cnpj, {Kind::cnpj, Kind::tax}},
      {Type::br_cnpj, "14", Need::name, br_cnpj, {Kind::cnpj, Kind::tax}},
      {Type::ar_cuit, "2-8-1", Need::nothing, ar_cuit, {Kind::cuit, Kind::tax}},
      {Type::ar_cuit, "11", Need::name, ar_cuit, {Kind::cuit}},
      {Type::cl_rut, "2.3.3-1", Need::nothing, cl_rut, {Kind::rut}},
      {Type::cl_rut, "1.3.3-1", Need::nothing, cl_rut, {Kind::rut}},
      {Type::cl_rut, "8-1", Need::name, cl_rut, {Kind::rut, Kind::national}},
      {Type::cl_rut, "7-1", Need::name, cl_rut, {Kind::rut, Kind::national}},
      {Type::in_aadhaar, "4_4_4", Need::nothing, in_aadhaar, {Kind::aadhaar}},
      {Type::in_aadhaar, "12", Need::name, in_aadhaar, {Kind::aadhaar, Kind::national}},
      {Type::cn_resident_id, "18", Need::nothing, cn_resident_id, {Kind::cn, Kind::national}},
      {Type::jp_my_number, "4_4_4", Need::name, jp_my_number, {Kind::my_number}},
      {Type::jp_my_number, "12", Need::name, jp_my_number, {Kind::my_number, Kind::national}},
      {Type::kr_rrn, "6-7", Need::nothing, kr_rrn, {Kind::rrn}},
      {Type::kr_rrn, "6-7", Need::name, kr_shape, {Kind::rrn, Kind::national}},  // without check digit since 2020
      {Type::kr_rrn, "13", Need::name, kr_shape, {Kind::rrn}},
      {Type::th_id, "1-4-5-2-1", Need::nothing, th_id, {Kind::th}},
      {Type::th_id, "13", Need::name, th_id, {Kind::th, Kind::national}},
      {Type::za_id, "13", Need::name, za_id, {Kind::za, Kind::national}},
      {Type::za_id, "6 4 3", Need::name, za_id, {Kind::za, Kind::national}},
      {Type::au_tfn, "9", Need::name, au_tfn, {Kind::tfn, Kind::tax}},
      {Type::au_tfn, "3 3 3", Need::name, au_tfn, {Kind::tfn, Kind::tax}},
      {Type::au_medicare, "10", Need::name, au_medicare, {Kind::medicare_au}},
      {Type::au_medicare, "4 5 1", Need::name, au_medicare, {Kind::medicare_au}},
      {Type::uk_nhs, "3_3_4", Need::name, uk_nhs, {Kind::nhs}},
      {Type::uk_nhs, "10", Need::name, uk_nhs, {Kind::nhs}},
      {Type::npi, "10", Need::name, npi_number, {Kind::npi}},
      // Numbers that nothing but their name tells.
      {Type::passport, "9", Need::name, any, {Kind::passport}},
      {Type::passport, "8", Need::name, any, {Kind::passport}},
      {Type::mrn, "5", Need::name, any, {Kind::mrn}},
      {Type::mrn, "6", Need::name, any, {Kind::mrn}},
      {Type::mrn, "7", Need::name, any, {Kind::mrn}},
      {Type::mrn, "8", Need::name, any, {Kind::mrn}},
      {Type::mrn, "9", Need::name, any, {Kind::mrn}},
      {Type::mrn, "10", Need::name, any, {Kind::mrn}},
      {Type::mrn, "3_3_3", Need::name, any, {Kind::mrn}},
      {Type::mrn, "3_2_4", Need::name, any, {Kind::mrn}},
      {Type::driver_licence, "7", Need::name, any, {Kind::licence}},
      {Type::driver_licence, "8", Need::name, any, {Kind::licence}},
      {Type::driver_licence, "9", Need::name, any, {Kind::licence}},
      {Type::driver_licence, "10", Need::name, any, {Kind::licence}},
  });
  return table;
}

// Which rules may fit a number whose first group has so many digits.
struct ByFirst {
  std::array<std::array<std::uint8_t, 32>, 20> rows{};
  std::array<std::uint8_t, 20> count{};
};
const ByFirst& by_first() {
  static const ByFirst table = [] {
    ByFirst made;
    const auto& all = rules();
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::size_t size = 0;
      for (const char c : all[i].pattern) {
        if (!is_digit(c)) break;
        size = size * 10 + static_cast<std::size_t>(digit(c));
      }
      made.rows[size].at(made.count[size]++) = static_cast<std::uint8_t>(i);
    }
    return made;
  }();
  return table;
}

}  // namespace

std::size_t find_national_number(const NumberText& number, const Kinds& kinds, Findings& out) {
  const ByFirst& index = by_first();
  const std::size_t first = number.group_size(0);
  if (first >= index.count.size()) return 0;
  for (std::size_t i = 0; i < index.count[first]; ++i) {
    const Rule& rule = rules()[index.rows[first][i]];
    const bool named = kinds.any_of(rule.names);
    if (!named && (rule.need == Need::name || number.compound())) continue;
    const std::size_t groups = number.written_as(rule.pattern);
    if (groups == 0 || !rule.valid(number.digits(groups))) continue;
    const bool sure = named && rule.valid != any;
    // A form of its own is sure without a name; check digits alone are not.
    const bool formed = rule.need == Need::nothing && rule.pattern.size() > 2;
    out.add(rule.type, sure || formed ? Confidence::high : Confidence::medium, number.begin(), number.end(groups));
    return number.end(groups);
  }
  return 0;
}

bool is_national_number(Type type, std::string_view digits) {
  for (const Rule& rule : rules()) {
    if (rule.type != type) continue;
    std::size_t size = 0;
    std::size_t group = 0;
    for (const char c : rule.pattern) {
      if (is_digit(c)) {
        group = group * 10 + static_cast<std::size_t>(digit(c));
      } else {
        size += group;
        group = 0;
      }
    }
    if (size + group == digits.size() && rule.valid(digits)) return true;
  }
  return false;
}

}  // namespace sallyport::classify
