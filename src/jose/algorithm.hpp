// The signature algorithms of JWS (RFC 7518 §3.1, RFC 8037 §3.1). "none" is not among them, so that no
// list can allow it; names are compared exactly (RFC 7515 §4.1.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace sallyport::jose {

enum class Algorithm : std::uint8_t {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa,
};
inline constexpr std::size_t algorithm_count = 13;

enum class Hash : std::uint8_t { sha256, sha384, sha512 };
[[nodiscard]] constexpr std::size_t size_of(Hash hash) {
  return hash == Hash::sha256 ? 32 : hash == Hash::sha384 ? 48 : 64;
}

enum class Family : std::uint8_t { hmac, rsa_pkcs1, rsa_pss, ecdsa, eddsa };

[[nodiscard]] std::optional<Algorithm> algorithm_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Algorithm algorithm);
[[nodiscard]] Family family_of(Algorithm algorithm);
// Of EdDSA, which hashes by itself, it is sha512.
[[nodiscard]] Hash hash_of(Algorithm algorithm);

// A set of algorithms; empty at first.
class Algorithms {
 public:
  constexpr Algorithms() = default;
  constexpr Algorithms(std::initializer_list<Algorithm> list) {
    for (const Algorithm one : list) add(one);
  }
  constexpr void add(Algorithm one) { bits_ = static_cast<std::uint16_t>(bits_ | 1u << static_cast<unsigned>(one)); }
  [[nodiscard]] constexpr bool has(Algorithm one) const { return (bits_ >> static_cast<unsigned>(one) & 1u) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

 private:
  std::uint16_t bits_ = 0;
};

}  // namespace sallyport::jose
