// Lengths of time as people write them: "250ms", "10s", "1m30s", "7d". Units w, d, h, m, s, ms,
// from large to small, each once; a unit is needed except for "0".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::config {

using Duration = std::chrono::milliseconds;

// At most 36,500 days.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
// The shortest text that parses to the same; never uses weeks.
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace sallyport::config
