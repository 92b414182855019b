// The shape of a path that no specification knows: segments that look like identifiers become
// "{}", so that /orders/17 and /orders/18 are one endpoint. A guess, for grouping only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::inventory {

inline constexpr std::size_t max_shape = 512;       // bytes; what is longer ends in "…"
inline constexpr std::size_t max_shape_parts = 24;  // segments, likewise

// Identifiers: digits only; a UUID; 12 or more hexadecimal digits with a digit among them; 20 or
// more of the base64 alphabets that mix upper case, lower case and digits; anything above 64 bytes.
[[nodiscard]] bool looks_like_id(std::string_view segment);
[[nodiscard]] std::string path_shape(std::string_view path);

}  // namespace sallyport::inventory
