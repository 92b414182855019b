// Numbers of JSON as they are written, compared exactly: no digit is lost, whatever their size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::schema {

// A view of a JSON number: 0.d1d2d3... x 10^point, without zeros at either end. Points into the
// text it was made of. Exponents beyond 10^15 count as 10^15.
class Decimal {
 public:
  // `text` must be a JSON number (RFC 8259 §6).
  explicit Decimal(std::string_view text) noexcept;

  [[nodiscard]] bool zero() const noexcept { return whole_.empty() && fraction_.empty(); }
  [[nodiscard]] bool negative() const noexcept { return negative_; }
  [[nodiscard]] bool integer() const noexcept { return zero() || point_ >= static_cast<std::int64_t>(digits()); }
  [[nodiscard]] std::size_t digits() const noexcept { return whole_.size() + fraction_.size(); }
  [[nodiscard]] unsigned digit(std::size_t at) const noexcept {
    const char c = at < whole_.size() ? whole_[at] : fraction_[at - whole_.size()];
    return static_cast<unsigned>(c - '0');
  }
  [[nodiscard]] std::int64_t point() const noexcept { return point_; }

  // <0, 0, >0 as this is less than, equal to or greater than the other.
  [[nodiscard]] int compare(const Decimal& other) const noexcept;
  // When it is an integer of at most 18 digits.
  [[nodiscard]] std::optional<std::int64_t> small() const noexcept;

 private:
  std::string_view whole_;     // significant digits before the point of the text
  std::string_view fraction_;  // and behind it
  std::int64_t point_ = 0;
  bool negative_ = false;
};

// The quick case of all that arrives: an integer of at most 18 digits without exponent.
[[nodiscard]] std::optional<std::int64_t> plain_integer(std::string_view text) noexcept;

// A divisor of at most 18 significant digits.
struct Divisor {
  std::uint64_t digits = 1;
  std::int64_t exponent = 0;  // the divisor is digits x 10^exponent
};
// Nothing for one that is not above 0, or has more digits.
[[nodiscard]] std::optional<Divisor> divisor_of(const Decimal& number) noexcept;
// Linear in the digits of `number`.
[[nodiscard]] bool multiple_of(const Decimal& number, const Divisor& divisor) noexcept;

}  // namespace sallyport::schema
