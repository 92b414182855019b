#include "http/host.hpp"

#include <algorithm>

#include "base/address.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

constexpr std::size_t max_host = 253;  // of a DNS name, RFC 1035 §2.3.4

Checked<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty()) return std::uint16_t{0};  // "host:" is allowed and means the default port
  if (text.size() > 5 || !all(text, character::digit)) return refuse("host_port", "the port is not a number");
  unsigned port = 0;
  for (const char c : text) port = port * 10 + static_cast<unsigned>(c - '0');
  if (port == 0 || port > 65535) return refuse("host_port", "the port is out of range");
  return static_cast<std::uint16_t>(port);
}

bool is_ipv6(std::string_view text) { return text.contains(':') && parse_address(text).has_value(); }

std::string_view lowered(std::string_view text, Arena& arena) {
  if (std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; })) return text;
  const auto out = arena.array<char>(text.size());
  std::ranges::transform(text, out.begin(), lower);
  return {out.data(), out.size()};
}

// Labels must not be empty: "a..b" names nothing. The dot of the root (RFC 1034 §3.1) is gone here: another one in its
// place is the end of an empty label.
bool is_name(std::string_view host) {
  if (host.size() > max_host || !all(host, character::host)) return false;
  return host.front() != '.' && host.back() != '.' && host.find("..") == std::string_view::npos;
}

}  // namespace

Checked<Authority> parse_authority(std::string_view text, Arena& arena) {
  if (text.empty()) return refuse("host_empty", "the host is empty");
  std::string_view host;
  std::string_view rest;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !is_ipv6(text.substr(1, close - 1))) {
      return refuse("host_syntax", "not an IPv6 address in brackets");
    }
    host = text.substr(0, close + 1);
    rest = text.substr(close + 1);
  } else {
    const std::size_t colon = text.find(':');
    host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty() || !is_name(host)) return refuse("host_syntax", "not a host name");
  }
  if (!rest.empty() && rest.front() != ':') return refuse("host_syntax", "bytes behind the host");
  const auto port = parse_port(rest.empty() ? rest : rest.substr(1));
  if (!port) return std::unexpected(port.error());
  return Authority{lowered(host, arena), *port};
}

}  // namespace sallyport::http
