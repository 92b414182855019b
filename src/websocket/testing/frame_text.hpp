// Frames for tests, in the words of RFC 6455 §5.2, also such as nobody may send.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::websocket::testing {

struct Form {
  bool fin = true;
  bool masked = true;
  unsigned reserved = 0;     // the three reserved bits
  unsigned length_size = 0;  // bytes of the extended length; 0: the shortest form
};

inline std::string frame(unsigned opcode, std::string_view payload, Form form = {}) {
  std::string out;
  out += static_cast<char>((form.fin ? 0x80u : 0u) | form.reserved << 4u | opcode);
  const std::uint64_t size = payload.size();
  unsigned length_size = form.length_size;
  if (length_size == 0) length_size = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  const unsigned short_form = length_size == 0 ? static_cast<unsigned>(size) : length_size == 2 ? 126 : 127;
  out += static_cast<char>((form.masked ? 0x80u : 0u) | short_form);
  for (unsigned i = length_size; i-- > 0;) out += static_cast<char>(size >> 8 * i);
  constexpr std::string_view key = "\x37\xfa\x21\x3d";
  if (form.masked) out += key;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += form.masked ? static_cast<char>(payload[i] ^ key[i % 4]) : payload[i];
  }
  return out;
}

inline std::string close_payload(unsigned code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8u), static_cast<char>(code)} + std::string(reason);
}

}  // namespace sallyport::websocket::testing
