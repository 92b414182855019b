// Numbers of bytes as people write them: "64KiB", "1MiB", "4096". Units B, KiB, MiB, GiB, TiB.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::config {

struct Size {
  std::uint64_t bytes = 0;
  friend auto operator<=>(const Size&, const Size&) = default;
};

[[nodiscard]] std::optional<Size> parse_size(std::string_view text);
// In the largest unit that divides it.
[[nodiscard]] std::string format_size(Size size);

inline namespace literals {
constexpr Size operator""_B(unsigned long long n) { return {n}; }
constexpr Size operator""_KiB(unsigned long long n) { return {n << 10u}; }
constexpr Size operator""_MiB(unsigned long long n) { return {n << 20u}; }
constexpr Size operator""_GiB(unsigned long long n) { return {n << 30u}; }
}  // namespace literals

}  // namespace sallyport::config
