#include "gateway/resolve.hpp"

#include <netdb.h>

#include <cstring>

#include "base/address.hpp"
#include "http/host.hpp"

namespace sallyport::gateway {

Result<ServerName> parse_server_name(std::string_view text, std::uint16_t usual_port, const std::string& hint) {
  Arena arena;
  const auto authority = http::parse_authority(text, arena);
  if (!authority) {
    return fail(ErrorCode::invalid, "`" + std::string(text) + "`: " + std::string(authority.error().detail), {}, hint);
  }
  return ServerName{std::string(authority->host), authority->port != 0 ? authority->port : usual_port};
}

std::string bare_host(const ServerName& name) {
  return name.host.starts_with('[') ? name.host.substr(1, name.host.size() - 2) : name.host;
}

Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const ServerName& name) {
  const std::string host = bare_host(name);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  if (parse_address(host)) hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(name.port).c_str(), &hints, &list);
  if (error != 0) {
    return fail(ErrorCode::unavailable, "cannot resolve `" + host + "`: " + ::gai_strerror(error), {},
                "the name must be known when the gateway starts");
  }
  std::vector<boost::asio::ip::tcp::endpoint> found;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    boost::asio::ip::tcp::endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
    endpoint.resize(one->ai_addrlen);
    found.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  return found;
}

std::string address_text(const boost::asio::ip::tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

}  // namespace sallyport::gateway
