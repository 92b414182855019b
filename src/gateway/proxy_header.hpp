// The header of the PROXY protocol (HAProxy's specification of 2020/03/05), versions 1 and 2: before anything
// else on a connection a proxy says whose it is.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include <sallyport/message.hpp>

namespace sallyport::gateway {

// Bytes of a header of version 2 with its TLVs; one of version 1 has at most 107.
inline constexpr std::size_t max_proxy_header = 4096;

struct ProxyHeader {
  std::size_t size = 0;  // 0: more bytes are needed, and nothing else is said
  // The proxy speaks for itself (LOCAL, UNKNOWN, UNSPEC): the connection's own addresses are true.
  bool own = false;
  Address client;
  std::uint16_t client_port = 0;
};

// Reads the header at the start of `bytes`. An error says why these can be none, as soon as that is certain:
// static text. What is no TCP over IP is refused; TLVs must fill their room exactly, and are not read.
[[nodiscard]] std::expected<ProxyHeader, std::string_view> read_proxy_header(std::string_view bytes);

}  // namespace sallyport::gateway
