// Names of servers become addresses when a configuration is loaded.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::gateway {

struct ServerName {
  std::string host;  // as in a URL: an IPv6 address stands in brackets
  std::uint16_t port = 0;
};

// "orders.internal:9001"; without a port, `usual_port`.
[[nodiscard]] Result<ServerName> parse_server_name(std::string_view text, std::uint16_t usual_port,
                                                   const std::string& hint);
// All its addresses. Errors: the name is not known now.
[[nodiscard]] Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const ServerName& name);
// Without brackets.
[[nodiscard]] std::string bare_host(const ServerName& name);
// "10.0.0.7:443", "[::1]:443".
[[nodiscard]] std::string address_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace sallyport::gateway
