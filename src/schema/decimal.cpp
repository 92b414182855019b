#include "schema/decimal.hpp"

#include <algorithm>

namespace sallyport::schema {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t largest_exponent = 1'000'000'000'000'000;

std::int64_t exponent_of(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::int64_t value = 0;
  for (const char c : text) value = std::min(value * 10 + (c - '0'), largest_exponent);
  return negative ? -value : value;
}

std::uint64_t power_of_ten(std::uint64_t exponent, std::uint64_t modulus) {
  Wide result = 1 % modulus;
  Wide base = 10 % modulus;
  for (; exponent != 0; exponent >>= 1u) {
    if ((exponent & 1u) != 0) result = result * base % modulus;
    base = base * base % modulus;
  }
  return static_cast<std::uint64_t>(result);
}

}  // namespace

Decimal::Decimal(std::string_view text) noexcept {
  if (text.starts_with('-')) {
    negative_ = true;
    text.remove_prefix(1);
  }
  std::int64_t exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    exponent = exponent_of(text.substr(e + 1));
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  whole_ = text.substr(0, dot);
  fraction_ = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  whole_.remove_prefix(std::min(whole_.find_first_not_of('0'), whole_.size()));
  point_ = static_cast<std::int64_t>(whole_.size());
  if (whole_.empty()) {
    const std::size_t zeros = std::min(fraction_.find_first_not_of('0'), fraction_.size());
    fraction_.remove_prefix(zeros);
    point_ = -static_cast<std::int64_t>(zeros);
  }
  const auto trim = [](std::string_view& digits) { digits = digits.substr(0, digits.find_last_not_of('0') + 1); };
  trim(fraction_);
  if (fraction_.empty()) trim(whole_);
  if (zero()) {
    negative_ = false;
    point_ = 0;
  } else {
    point_ += exponent;
  }
}

int Decimal::compare(const Decimal& other) const noexcept {
  if (negative_ != other.negative_) return negative_ ? -1 : 1;
  const int sign = negative_ ? -1 : 1;
  if (zero() || other.zero()) return zero() ? (other.zero() ? 0 : -sign) : sign;
  if (point_ != other.point_) return point_ < other.point_ ? -sign : sign;
  const std::size_t common = std::min(digits(), other.digits());
  for (std::size_t i = 0; i < common; ++i) {
    if (digit(i) != other.digit(i)) return digit(i) < other.digit(i) ? -sign : sign;
  }
  if (digits() == other.digits()) return 0;
  return digits() < other.digits() ? -sign : sign;
}

std::optional<std::int64_t> Decimal::small() const noexcept {
  if (zero()) return 0;
  if (!integer() || point_ > 18) return std::nullopt;
  std::int64_t value = 0;
  for (std::int64_t i = 0; i < point_; ++i) {
    const auto at = static_cast<std::size_t>(i);
    value = value * 10 + (at < digits() ? static_cast<int>(digit(at)) : 0);
  }
  return negative_ ? -value : value;
}

std::optional<std::int64_t> plain_integer(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  const std::size_t from = negative ? 1 : 0;
  if (text.size() - from > 18 || text.size() == from) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return negative ? -value : value;
}

std::optional<Divisor> divisor_of(const Decimal& number) noexcept {
  if (number.zero() || number.negative() || number.digits() > 18) return std::nullopt;
  Divisor out{0, number.point() - static_cast<std::int64_t>(number.digits())};
  for (std::size_t i = 0; i < number.digits(); ++i) out.digits = out.digits * 10 + number.digit(i);
  return out;
}

bool multiple_of(const Decimal& number, const Divisor& divisor) noexcept {
  if (number.zero()) return true;
  // number = D x 10^e, D not divisible by ten: with a smaller exponent it has digits to spare.
  const std::int64_t shift = number.point() - static_cast<std::int64_t>(number.digits()) - divisor.exponent;
  if (shift < 0) return false;
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < number.digits(); ++i) {
    rest = static_cast<std::uint64_t>((Wide{rest} * 10 + number.digit(i)) % divisor.digits);
  }
  return Wide{rest} * power_of_ten(static_cast<std::uint64_t>(shift), divisor.digits) % divisor.digits == 0;
}

}  // namespace sallyport::schema
