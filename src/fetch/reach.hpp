// Which addresses a call of the gateway's own may end at. What counts is the address that is connected
// to, whatever name led there (CWE-918): a name of the configuration that somebody lets point inside
// (DNS rebinding) reaches nothing.
#pragma once

#include <sallyport/message.hpp>

namespace sallyport::fetch {

enum class Reach : std::uint8_t {
  nowhere,       // unspecified, link-local (cloud metadata), multicast, reserved
  this_machine,  // 127.0.0.0/8, ::1
  private_net,   // RFC 1918, RFC 6598, RFC 4193
  open_net,
};

// An IPv4 address within IPv6 (mapped, RFC 6052's 64:ff9b::/96, 6to4) counts as that address.
[[nodiscard]] Reach reach_of(const Address& address);

}  // namespace sallyport::fetch
