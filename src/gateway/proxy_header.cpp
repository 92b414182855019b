#include "gateway/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/address.hpp"

namespace sallyport::gateway {
namespace {

using Read = std::expected<ProxyHeader, std::string_view>;

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};  // §2.2
constexpr std::string_view word = "PROXY ";                        // §2.1
constexpr std::size_t max_line = 107;
constexpr std::size_t fixed = 16;  // of version 2: signature, command, family, length

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return whole && (text.size() == 1 || text.front() != '0') ? std::optional(port) : std::nullopt;
}

// TCP4 or TCP6, source, destination, source port, destination port, one space between them.
Read read_line(std::string_view line, std::size_t size) {
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return ProxyHeader{.size = size, .own = true};
  std::array<std::string_view, 5> parts;
  std::size_t count = 0;
  while (count < parts.size()) {
    const std::size_t space = line.find(' ');
    parts[count++] = line.substr(0, space);
    if (space == std::string_view::npos) {
      line = {};
      break;
    }
    line.remove_prefix(space + 1);
    if (count == parts.size()) return std::unexpected("the line has more than it should");
  }
  if (count != parts.size()) return std::unexpected("the line has less than it should");
  const bool v4 = parts[0] == "TCP4";
  if (!v4 && parts[0] != "TCP6") return std::unexpected("neither TCP4 nor TCP6 nor UNKNOWN");
  const auto is = [v4](std::string_view text) { return text.contains(':') != v4; };
  const auto source = parse_address(parts[1]);
  const auto target = parse_address(parts[2]);
  if (!source || !target || !is(parts[1]) || !is(parts[2]))
    return std::unexpected("an address is not what it should be");
  const auto port = port_of(parts[3]);
  if (!port || !port_of(parts[4])) return std::unexpected("a port is none");
  return ProxyHeader{.size = size, .own = false, .client = *source, .client_port = *port};
}

Read read_version_1(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, max_line);
  const std::size_t end = line.find('\n');
  if (end == std::string_view::npos) {
    if (bytes.size() >= max_line) return std::unexpected("the line does not end");
    return ProxyHeader{};
  }
  if (line[end - 1] != '\r') return std::unexpected("the line does not end with CR LF");
  return read_line(line.substr(word.size(), end - 1 - word.size()), end + 1);
}

std::uint16_t number(std::string_view bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
}

// Type, length, value (§2.2.x), one after the other to the end.
bool are_tlvs(std::string_view bytes) {
  while (!bytes.empty()) {
    if (bytes.size() < 3) return false;
    const std::size_t size = 3u + number(bytes.substr(1));
    if (bytes.size() < size) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

Read read_version_2(std::string_view bytes) {
  if (bytes.size() > 12 && (static_cast<unsigned char>(bytes[12]) & 0xf0) != 0x20) {
    return std::unexpected("another version than 1 and 2");
  }
  if (bytes.size() < fixed) return ProxyHeader{};
  const unsigned command = static_cast<unsigned char>(bytes[12]) & 0x0f;
  const unsigned family = static_cast<unsigned char>(bytes[13]);
  const std::size_t size = fixed + number(bytes.substr(14));
  if (command > 1) return std::unexpected("neither LOCAL nor PROXY");
  if (size > max_proxy_header) return std::unexpected("the header is too long");
  // LOCAL: whatever else it says is to be skipped.
  std::size_t addresses = 0;
  if (command == 1) {
    if (family == 0x11) {
      addresses = 12;
    } else if (family == 0x21) {
      addresses = 36;
    } else if (family != 0x00) {
      return std::unexpected("a connection that is no TCP over IP");
    }
  }
  if (size < fixed + addresses) return std::unexpected("the header is too short for its addresses");
  if (bytes.size() < size) return ProxyHeader{};
  if (addresses == 0) return ProxyHeader{.size = size, .own = true};
  const std::string_view body = bytes.substr(fixed, size - fixed);
  if (!are_tlvs(body.substr(addresses))) return std::unexpected("a TLV is longer than its room");
  ProxyHeader header{.size = size};
  if (addresses == 12) {
    header.client.bytes[10] = header.client.bytes[11] = 0xff;
    std::memcpy(header.client.bytes.data() + 12, body.data(), 4);
    header.client_port = number(body.substr(8));
  } else {
    std::memcpy(header.client.bytes.data(), body.data(), 16);
    header.client_port = number(body.substr(32));
  }
  return header;
}

bool can_begin(std::string_view bytes, std::string_view with) {
  const std::size_t common = std::min(bytes.size(), with.size());
  return bytes.substr(0, common) == with.substr(0, common);
}

}  // namespace

std::expected<ProxyHeader, std::string_view> read_proxy_header(std::string_view bytes) {
  if (bytes.empty()) return ProxyHeader{};
  if (can_begin(bytes, word)) return bytes.size() < word.size() ? Read(ProxyHeader{}) : read_version_1(bytes);
  if (can_begin(bytes, signature)) return bytes.size() < signature.size() ? Read(ProxyHeader{}) : read_version_2(bytes);
  return std::unexpected("no header of the PROXY protocol");
}

}  // namespace sallyport::gateway
