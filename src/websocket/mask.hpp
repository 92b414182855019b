// The mask of frames from clients (RFC 6455 §5.3): each byte is XORed with one of four.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace sallyport::websocket {

using MaskKey = std::array<char, 4>;

// Writes `bytes`, which begin `offset` bytes into the payload, unmasked to `out` (as long as they
// are). Masking is the same. Eight bytes a step.
inline void unmask(std::string_view bytes, const MaskKey& key, std::uint64_t offset, char* out) {
  std::array<char, 8> turned;
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = key[(offset + i) & 3u];
  const auto mask = std::bit_cast<std::uint64_t>(turned);
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    word ^= mask;
    std::memcpy(out + i, &word, sizeof word);
  }
  for (; i < bytes.size(); ++i) out[i] = static_cast<char>(bytes[i] ^ turned[i & 7u]);
}

}  // namespace sallyport::websocket
