// The JSON of the admin API, version 1, word for word as dashboard/src/api/types.ts reads it.
#pragma once

#include <cstdint>
#include <string>

#include "admin/sources.hpp"

namespace sallyport::admin {

// RFC 3339 in UTC with milliseconds.
[[nodiscard]] std::string format_time(std::int64_t time_us);

[[nodiscard]] std::string summary_json(const Sources& sources, std::int64_t started_us, std::int64_t now_us);
[[nodiscard]] std::string calls_json(const inventory::Page& page);
[[nodiscard]] std::string operations_json(const inventory::Operations& operations);
[[nodiscard]] std::string shadow_json(const inventory::Shadow& shadow);
// The whole event; a sealed body follows opened as "original", or "original_error" says why not.
[[nodiscard]] std::string call_json(const inventory::Call& call, const Sources& sources);
[[nodiscard]] std::string strings_json(const std::vector<std::string>& list);

}  // namespace sallyport::admin
