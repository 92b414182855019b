// IP networks: "10.0.0.0/8", "2001:db8::/32", or an address alone, which stands for itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sallyport/message.hpp>
#include <sallyport/result.hpp>

namespace sallyport::config {

struct Cidr {
  Address network;
  std::uint8_t prefix = 128;  // of the 128 bits of `network`: an IPv4 /8 is 104 here

  // An IPv6 network, even ::/0, contains no IPv4 address. Constant time.
  [[nodiscard]] bool contains(const Address& address) const noexcept;
  friend bool operator==(const Cidr&, const Cidr&) = default;
};

// Refuses bits beyond the prefix ("10.1.2.3/8"): the error's hint names the network meant.
[[nodiscard]] Result<Cidr> parse_cidr(std::string_view text);
[[nodiscard]] std::string format_cidr(const Cidr& cidr);

}  // namespace sallyport::config
