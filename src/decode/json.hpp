// JSON (RFC 8259), strictly: one value, UTF-8 (RFC 3629) without byte order mark, no half
// surrogate pairs, nothing behind the value but white space. Numbers keep their digits; nothing is
// converted.
//
// Equal names in one object are refused unless Limits::duplicates lets them in: parsers differ on
// which one counts. Linear; no recursion; allocates in the arena alone.
#pragma once

#include <string_view>

#include "decode/refusal.hpp"
#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

// Texts of the tree point into `text` and `arena`. Rules of refusals: "syntax", "utf8",
// "byte_order_mark", "surrogate", "control_character", "duplicate_name", and the Limits.
[[nodiscard]] Outcome parse_json(std::string_view text, Arena& arena, const Limits& limits = {});

}  // namespace sallyport::decode
