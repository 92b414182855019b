// Where to listen or connect: "127.0.0.1:8443", "[::1]:9443" or "unix:/run/sallyport.sock".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sallyport/message.hpp>
#include <sallyport/result.hpp>

namespace sallyport::config {

struct Endpoint {
  Address address;
  std::uint16_t port = 0;  // 0: the system chooses
  std::string unix_path;   // absolute; when set, address and port mean nothing

  [[nodiscard]] bool is_unix() const { return !unix_path.empty(); }
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Names of hosts are refused: what to listen on must not depend on DNS.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] std::string format_endpoint(const Endpoint& endpoint);

}  // namespace sallyport::config
