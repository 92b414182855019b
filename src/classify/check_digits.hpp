// Check digits that many numbers share. Texts are ASCII digits only, unless said otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include "base/ascii.hpp"

namespace sallyport::classify {

[[nodiscard]] constexpr bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
[[nodiscard]] constexpr char raised(char c) { return is_lower(c) ? static_cast<char>(c & ~0x20) : c; }
[[nodiscard]] constexpr int digit(char c) { return c - '0'; }
// Of digits; more than an int holds is its greatest value.
[[nodiscard]] constexpr int number(std::string_view digits) {
  constexpr int greatest = std::numeric_limits<int>::max();
  int value = 0;
  for (const char c : digits) {
    if (value > (greatest - 9) / 10) return greatest;
    value = value * 10 + digit(c);
  }
  return value;
}
[[nodiscard]] bool all_digits(std::string_view text);

// ISO/IEC 7812-1 annex B; the last digit is the check digit.
[[nodiscard]] bool luhn(std::string_view digits);
// Verhoeff, 1969.
[[nodiscard]] bool verhoeff(std::string_view digits);
// ISO 7064 mod 97-10 of letters (A = 10) and digits, as IBAN uses it: the first four come last.
[[nodiscard]] bool mod97_iban(std::string_view text);
// ISO 7064 mod 11,10 (hybrid): the last digit is the check digit.
[[nodiscard]] bool mod11_10(std::string_view digits);
// Sum of weight times digit, for as many digits as there are weights.
[[nodiscard]] int weighted(std::string_view digits, std::span<const int> weights);
template <std::size_t N>
[[nodiscard]] int weighted(std::string_view digits, const int (&weights)[N]) {
  return weighted(digits, std::span<const int>(weights, N));
}
// EAN-13 and its shorter relatives: weights 3 and 1 from the right.
[[nodiscard]] bool ean(std::string_view digits);

// A day of the calendar; years of two digits: give 2000, which is a leap year, as is 1900 not.
[[nodiscard]] bool is_day(int year, int month, int day);

// Fewer than two different digits, or the digits one after the other: 000…, 123456789.
[[nodiscard]] bool is_placeholder(std::string_view digits);

}  // namespace sallyport::classify
