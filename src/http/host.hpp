// The Host field and the authority of a target (RFC 9110 §7.2, RFC 3986 §3.2.2), by one rule.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::http {

struct Authority {
  std::string_view host;   // lower case, no trailing dot; IPv6 in brackets
  std::uint16_t port = 0;  // 0 when not given
};

// Refuses user information, empty and list values, percent-encodings and everything that is not
// a DNS name, an IPv4 address or a bracketed IPv6 address. The result views `text` where that is
// canonical already, otherwise the arena.
[[nodiscard]] Checked<Authority> parse_authority(std::string_view text, Arena& arena);

}  // namespace sallyport::http
