#include "classify/mrz.hpp"

#include <algorithm>

#include "classify/check_digits.hpp"

namespace sallyport::classify {
namespace {

constexpr std::size_t line = 44;

bool is_mrz(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_upper(c) || is_digit(c) || c == '<'; });
}

// ICAO 9303-3 4.9: weights 7, 3, 1.
bool checks(std::string_view text, char check) {
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = is_digit(text[i]) ? digit(text[i]) : text[i] == '<' ? 0 : text[i] - 'A' + 10;
    sum += value * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
  }
  return is_digit(check) && sum % 10 == digit(check);
}

}  // namespace

std::size_t find_mrz(std::string_view text, std::size_t at, Findings& out) {
  if (at + 2 * line > text.size() || !is_mrz(text.substr(at, line))) return 0;
  std::size_t second = at + line;
  while (second < text.size() && second - at - line < 4 &&
         (text[second] == '\n' || text[second] == '\r' || text[second] == ' '))
    ++second;
  if (second + line > text.size()) return 0;
  const std::string_view low = text.substr(second, line);
  if (!is_mrz(low) || !checks(low.substr(0, 9), low[9]) || !checks(low.substr(13, 6), low[19]) ||
      !checks(low.substr(21, 6), low[27]))
    return 0;
  out.add(Type::passport_mrz, Confidence::high, at, second + line);
  return second + line;
}

}  // namespace sallyport::classify
