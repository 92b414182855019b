// Where the gateway itself may call: https anywhere the configuration says, http to this machine only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::fetch {

struct Url {
  static constexpr std::size_t max_bytes = 2048;

  bool https = true;
  std::string host;  // lower case; IPv6 without brackets
  std::uint16_t port = 443;
  std::string target = "/";  // path and query

  // What Host says: brackets around IPv6, a port that is not the scheme's own.
  [[nodiscard]] std::string authority() const;
  // "https://id.example.com:8443/keys"
  [[nodiscard]] std::string text() const;
  // "localhost", 127.0.0.0/8 or ::1: whoever writes that means this machine.
  [[nodiscard]] bool names_this_machine() const;
  // The host is an address, so nobody's answer decides what is called.
  [[nodiscard]] bool is_address() const;
  [[nodiscard]] bool same_origin(const Url& other) const {
    return https == other.https && host == other.host && port == other.port;
  }
};

// Refuses user information, fragments, other schemes, http to other machines, characters that RFC 3986
// does not allow, and more than max_bytes.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace sallyport::fetch
