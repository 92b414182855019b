// The one text form of IP addresses. Parsing is strict: four decimal parts without leading zeros
// (RFC 6943 §3.1.1), or RFC 4291 §2.2 without zone or brackets. Formatting follows RFC 5952; an
// IPv4-mapped address is written as IPv4.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sallyport/message.hpp>

namespace sallyport {

[[nodiscard]] std::optional<Address> parse_address(std::string_view text) noexcept;
[[nodiscard]] std::string format_address(const Address& address);

}  // namespace sallyport
