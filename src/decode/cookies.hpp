// The Cookie field (RFC 6265 §4.2.1): name=value pairs separated by ';' and spaces.
//
// Values are taken as they are: no decoding, but quotes around the whole value are taken off.
// Refused because readers disagree about it (CWE-436): a cookie without '=' or without a name,
// names that are no token or begin in '$' (attributes of RFC 2965, "cookie sandwich"), a value
// that opens a quote and does not close it, text that is not UTF-8.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "decode/form.hpp"
#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

struct CookieLimits {
  std::uint32_t cookies = 150;
};

// `text`: the value of one Cookie field. Linear. Rules: "cookie_name", "cookie_quote", "utf8",
// "cookies". Names and values view `text`.
[[nodiscard]] std::expected<Pairs, Refusal> read_cookies(std::string_view text, Arena& arena,
                                                         const CookieLimits& limits = {});

}  // namespace sallyport::decode
