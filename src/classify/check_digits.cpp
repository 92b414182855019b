#include "classify/check_digits.hpp"

#include <algorithm>
#include <cstdint>

namespace sallyport::classify {

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

bool luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    const int value = digit(digits[i]) * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool verhoeff(std::string_view digits) {
  // The dihedral group D5: 0-4 are turns, 5-9 mirrored ones.
  const auto product = [](int a, int b) {
    if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
    return b < 5 ? 5 + (a - 5 - b + 5) % 5 : (a - b + 5) % 5;
  };
  static constexpr std::array<std::uint8_t, 10> permutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  int check = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int value = digit(digits[digits.size() - 1 - i]);
    for (std::size_t turn = 0; turn < i % 8; ++turn) value = permutation[static_cast<std::size_t>(value)];
    check = product(check, value);
  }
  return !digits.empty() && check == 0;
}

bool mod97_iban(std::string_view text) {
  if (text.size() < 5) return false;
  unsigned rest = 0;
  const auto take = [&rest](char c) {
    const auto value = static_cast<unsigned>(is_digit(c) ? digit(c) : raised(c) - 'A' + 10);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  };
  for (const char c : text.substr(4)) take(c);
  for (const char c : text.substr(0, 4)) take(c);
  return rest == 1;
}

bool mod11_10(std::string_view digits) {
  int product = 10;
  for (const char c : digits.substr(0, digits.size() - 1)) {
    int sum = (digit(c) + product) % 10;
    if (sum == 0) sum = 10;
    product = sum * 2 % 11;
  }
  return (product + digit(digits.back())) % 10 == 1;
}

int weighted(std::string_view digits, std::span<const int> weights) {
  int sum = 0;
  for (std::size_t i = 0; i < weights.size() && i < digits.size(); ++i) sum += weights[i] * digit(digits[i]);
  return sum;
}

bool ean(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += digit(digits[digits.size() - 1 - i]) * (i % 2 == 1 ? 3 : 1);
  return sum % 10 == 0;
}

bool is_day(int year, int month, int day) {
  static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

bool is_placeholder(std::string_view digits) {
  bool same = true;
  bool row = true;
  for (std::size_t i = 1; i < digits.size(); ++i) {
    same = same && digits[i] == digits[0];
    row = row && (digit(digits[i - 1]) + 1) % 10 == digit(digits[i]);
  }
  return same || row;
}

}  // namespace sallyport::classify
