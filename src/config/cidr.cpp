#include "config/cidr.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/address.hpp"

namespace sallyport::config {
namespace {

constexpr unsigned v4_offset = 96;

bool mapped(const Address& address) {
  const auto& b = address.bytes;
  return std::all_of(b.begin(), b.begin() + 10, [](std::uint8_t x) { return x == 0; }) && b[10] == 0xff &&
         b[11] == 0xff;
}

bool is_v4_network(const Cidr& cidr) { return cidr.prefix >= v4_offset && mapped(cidr.network); }

Address masked(Address address, unsigned prefix) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = std::min(8u, prefix - std::min(prefix, i * 8));
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xff00u >> kept));
  }
  return address;
}

// Decimal without sign or leading zeros, at most `highest`.
std::optional<unsigned> parse_prefix(std::string_view text, unsigned highest) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || last != end || value > highest) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

}  // namespace

bool Cidr::contains(const Address& address) const noexcept {
  return mapped(address) == is_v4_network(*this) && masked(address, prefix) == network;
}

Result<Cidr> parse_cidr(std::string_view text) {
  const auto wrong = [] { return fail(ErrorCode::invalid, "expected an IP address or network such as 10.0.0.0/8"); };
  const auto slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const auto address = parse_address(host);
  if (!address) return wrong();
  if (slash == std::string_view::npos) return Cidr{*address, 128};
  const unsigned offset = host.find(':') == std::string_view::npos ? v4_offset : 0;
  const auto prefix = parse_prefix(text.substr(slash + 1), 128 - offset);
  if (!prefix) return wrong();
  const Cidr cidr{masked(*address, *prefix + offset), static_cast<std::uint8_t>(*prefix + offset)};
  if (cidr.network != *address) {
    return fail(ErrorCode::invalid, "expected a network without bits beyond its prefix", {},
                fmt::format("write {}, or {} for the address alone", format_cidr(cidr), host));
  }
  return cidr;
}

std::string format_cidr(const Cidr& cidr) {
  std::string address = format_address(cidr.network);
  if (cidr.prefix == 128) return address;
  if (is_v4_network(cidr)) return fmt::format("{}/{}", address, cidr.prefix - v4_offset);
  return fmt::format("{}/{}", address, cidr.prefix);
}

}  // namespace sallyport::config
