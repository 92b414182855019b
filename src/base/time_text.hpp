// Moments as text: RFC 3339 §5.6, in UTC.
#pragma once

#include <cstdint>
#include <string>

namespace sallyport {

enum class Fraction : std::uint8_t { none, milliseconds, microseconds };

// "2026-11-25T09:05:08.125Z". `time_us`: microseconds since 1970.
[[nodiscard]] std::string rfc3339(std::int64_t time_us, Fraction fraction);

}  // namespace sallyport
