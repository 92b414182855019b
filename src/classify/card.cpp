#include "classify/card.hpp"

#include <algorithm>
#include <array>

namespace sallyport::classify {
namespace {

// Issuer ranges as networks publish them: the first digits from `first` to `last`.
struct Range {
  int first;
  int last;
  int width;  // digits of first and last
  int shortest;
  int longest;
};
constexpr auto ranges = std::to_array<Range>({
    {4, 4, 1, 13, 19},            // Visa: 13, 16 and 19, checked below
    {51, 55, 2, 16, 16},          // Mastercard
    {2221, 2720, 4, 16, 16},      // Mastercard since 2017
    {34, 34, 2, 15, 15},          // American Express
    {37, 37, 2, 15, 15},          //
    {6011, 6011, 4, 16, 19},      // Discover
    {644, 649, 3, 16, 19},        //
    {65, 65, 2, 16, 19},          // and RuPay, Elo, Troy
    {622126, 622925, 6, 16, 19},  // Discover with UnionPay
    {62, 62, 2, 16, 19},          // UnionPay
    {81, 81, 2, 16, 19},          //
    {3528, 3589, 4, 16, 19},      // JCB
    {36, 36, 2, 14, 19},          // Diners Club
    {38, 39, 2, 14, 19},          //
    {300, 305, 3, 14, 19},        //
    {3095, 3095, 4, 14, 19},      //
    {50, 50, 2, 12, 19},          // Maestro
    {56, 58, 2, 12, 19},          //
    {6304, 6304, 4, 12, 19},      //
    {6759, 6759, 4, 12, 19},      //
    {6761, 6763, 4, 12, 19},      //
    {639, 639, 3, 12, 19},        //
    {67, 67, 2, 12, 19},          //
    {2200, 2204, 4, 16, 19},      // Mir
    {60, 60, 2, 16, 16},          // RuPay
    {82, 82, 2, 16, 16},          //
    {508, 508, 3, 16, 16},        //
    {9792, 9792, 4, 16, 16},      // Troy
    {1946, 1946, 4, 16, 16},      // BC Card
});

// Published for tests by payment providers: whoever sends these sends no customer's card.
constexpr auto test_cards = [] {
  auto table = std::to_array<std::string_view>({
      "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "4222222222222",
      "4012000033330026", "4917610000000000", "4000000000000002", "4000000000009995", "4000002500003155",
      "4988438843884305", "5555555555554444", "5105105105105100", "5200828282828210", "5454545454545454",
      "2223003122003222", "2223000048400011", "2222405343248877", "378282246310005",  "371449635398431",
      "378734493671000",  "6011111111111117", "6011000990139424", "6011000400000000", "30569309025904",
      "38520000023237",   "36227206271667",   "3056930009020004", "36006666333344",   "3530111333300000",
      "3566002020360505", "3566111111111113", "6200000000000005", "6304000000000000", "6759649826438453",
      "4000000000000077",
  });
  std::ranges::sort(table);
  return table;
}();

// How cards are printed. Groups of the whole number, or its longest front that fits.
constexpr auto printed = std::to_array<std::string_view>(
    {"4 4 4 4 3", "4-4-4-4-3", "4 4 4 4", "4-4-4-4", "4 6 5", "4-6-5", "4 6 4", "4-6-4", "6 13", "4 4 5", "4 4 4 1"});

}  // namespace

bool in_issuer_range(std::string_view digits) {
  const auto size = static_cast<int>(digits.size());
  for (const Range& range : ranges) {
    if (size < range.shortest || size > range.longest) continue;
    const int front = number(digits.substr(0, static_cast<std::size_t>(range.width)));
    if (front < range.first || front > range.last) continue;
    return range.width != 1 || size == 13 || size == 16 || size == 19;
  }
  return false;
}

bool is_test_card(std::string_view digits) {
  // Behind the issuer's digits all the same: 4000000000000002 and its like.
  const std::string_view account = digits.substr(6, digits.size() - 7);
  const bool flat = std::ranges::all_of(account, [&](char c) { return c == account[0]; });
  return flat || digits.ends_with("000000") || std::ranges::binary_search(test_cards, digits);
}

std::size_t find_card(const Subject& subject, const NumberText& number, Findings& out) {
  std::size_t groups = 0;
  const std::size_t first = number.group_size(0);
  if (first >= 12 && first <= 19) {
    groups = 1;
  } else if (first == 4 || first == 6) {
    for (const std::string_view pattern : printed) {
      groups = number.written_as(pattern);
      if (groups != 0) break;
    }
  }
  if (groups == 0 || !number.ends_after(groups)) return 0;
  const std::string_view digits = number.digits(groups);
  if (!in_issuer_range(digits) || !luhn(digits) || is_placeholder(digits.substr(0, digits.size() - 1))) return 0;
  const Kinds kinds = subject.kinds_at(number.begin());
  const bool named = kinds.has(Kind::card);
  if (number.compound() && !named) return 0;
  Confidence confidence = groups > 1 || named ? Confidence::high : Confidence::medium;
  if (is_test_card(digits) || (kinds.has(Kind::identifier) && !named)) confidence = Confidence::low;
  out.add(Type::card, confidence, number.begin(), number.end(groups));
  return number.end(groups);
}

std::size_t find_track(std::string_view text, std::size_t at, Findings& out) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end]) && end - at <= 19) ++end;
  const std::string_view digits = text.substr(at, end - at);
  if (digits.size() < 12 || digits.size() > 19 || !luhn(digits)) return 0;
  const bool first = at >= 2 && text[at - 1] == 'B' && text[at - 2] == '%';
  const bool second = at >= 1 && text[at - 1] == ';';
  const char mark = end < text.size() ? text[end] : '\0';
  std::size_t date = end + 1;
  if (first && mark == '^') {
    // The holder's name: 2 to 26 characters up to the next '^'.
    const std::size_t name_end = text.substr(0, std::min(text.size(), date + 27)).find('^', date);
    if (name_end == std::string_view::npos) return 0;
    date = name_end + 1;
  } else if (!second || mark != '=') {
    return 0;
  }
  if (date + 7 > text.size() || !all_digits(text.substr(date, 7))) return 0;  // YYMM and the service code
  const std::size_t last = std::min(text.substr(0, std::min(text.size(), date + 60)).find('?', date), text.size());
  const std::size_t begin = at - (first ? 2 : 1);
  out.add(Type::credit_track, Confidence::high, begin, last < text.size() ? last + 1 : date + 7);
  return last < text.size() ? last + 1 : date + 7;
}

}  // namespace sallyport::classify
