// Percent-encoding (RFC 3986 §2.1) in names and values of queries and forms, decoded strictly:
// each '%' is followed by two hexadecimal digits, and what comes out is UTF-8 without NUL.
// Paths are another matter: http/path.hpp.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class Plus : std::uint8_t { literal, space };

// Views `text` when there is nothing to decode. Linear. Rules: "percent", "utf8", "nul",
// "control" (raw, never encoded, control bytes); `at` is added to their offsets.
[[nodiscard]] std::expected<std::string_view, Refusal> decode_percent(std::string_view text, Plus plus, std::size_t at,
                                                                      Arena& arena);

}  // namespace sallyport::decode
