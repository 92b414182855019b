// Dates of a life cycle: ISO 8601 as people write it, and the two forms that HTTP fields take.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport {

// "2026-12-31" (midnight UTC) or RFC 3339 "2026-12-31T23:59:59Z", "...+02:00", without fractions.
// Seconds since 1970; years 1970 to 9999.
[[nodiscard]] Result<std::int64_t> parse_iso_date(std::string_view text);

// IMF-fixdate of RFC 9110 §5.6.7, as Sunset takes it (RFC 8594): "Thu, 31 Dec 2026 00:00:00 GMT".
[[nodiscard]] std::string http_date(std::int64_t seconds);
// The same form read back; null for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

// A Date of RFC 9651 §3.3.7, as Deprecation takes it (RFC 9745): "@1798675200".
[[nodiscard]] std::string structured_date(std::int64_t seconds);

}  // namespace sallyport
