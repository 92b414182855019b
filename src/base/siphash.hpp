// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash. Without the key nobody can
// choose inputs that collide, or test guesses of what was hashed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sallyport {

using SipKey = std::array<std::uint8_t, 16>;

[[nodiscard]] std::uint64_t siphash(const SipKey& key, std::string_view bytes);

}  // namespace sallyport
