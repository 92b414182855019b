// Counting what a query asks for: sums that stop at the most there is, and sizes as they are written.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::controls::graphql {

inline std::uint64_t plus(std::uint64_t a, std::uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
inline std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

// A whole number of at least one; whatever else a server makes of it, it is no list of less.
inline std::optional<std::uint64_t> count_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec == std::errc::result_out_of_range) return UINT64_MAX;
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return std::max<std::uint64_t>(out, 1);
}

}  // namespace sallyport::controls::graphql
