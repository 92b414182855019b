#include "config/endpoint.hpp"

#include <sys/un.h>

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/address.hpp"

namespace sallyport::config {
namespace {

std::unexpected<Error> wrong(std::string hint = {}) {
  return fail(ErrorCode::invalid, "expected an address and port such as 127.0.0.1:8443 or [::1]:8443, or unix:/path",
              {}, std::move(hint));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || last != end) return std::nullopt;
  return port;
}

Result<Endpoint> parse_unix(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos)
    return wrong("the path of a socket is absolute");
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return wrong(fmt::format("the path of a socket has at most {} bytes", sizeof(sockaddr_un::sun_path) - 1));
  }
  return Endpoint{.address = {}, .port = 0, .unix_path = std::string(path)};
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  constexpr std::string_view scheme = "unix:";
  if (text.starts_with(scheme)) return parse_unix(text.substr(scheme.size()));
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong(parse_address(text) ? "add a port" : "");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = parse_address(host);
  const bool v6 = host.find(':') != std::string_view::npos;
  if (!address) return wrong(v6 || host.empty() ? "" : "give the address of an interface, not a name");
  if (v6 != bracketed) return wrong(v6 ? "put the IPv6 address in brackets" : "brackets are for IPv6 only");
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return wrong("a port is a number from 0 to 65535");
  return Endpoint{.address = *address, .port = *port, .unix_path = {}};
}

std::string format_endpoint(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return "unix:" + endpoint.unix_path;
  const std::string host = format_address(endpoint.address);
  if (host.find(':') == std::string::npos) return fmt::format("{}:{}", host, endpoint.port);
  return fmt::format("[{}]:{}", host, endpoint.port);
}

}  // namespace sallyport::config
