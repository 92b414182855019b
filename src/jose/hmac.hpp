// HMAC with SHA-2 (RFC 2104, FIPS 198-1) whose key is absorbed once: a code costs the hashing of the
// text and nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "jose/algorithm.hpp"

namespace sallyport::jose {

class Hmac {
 public:
  // A key of any length; lengths that are too short for their use are the caller's to refuse.
  Hmac(Hash hash, std::string_view key);
  Hmac(const Hmac&) = default;
  Hmac& operator=(const Hmac&) = default;
  ~Hmac();

  [[nodiscard]] Hash hash() const { return hash_; }
  // The code of `text`: size_of(hash()) bytes of the result.
  [[nodiscard]] std::array<unsigned char, 64> code(std::string_view text) const;
  // Compared in constant time; `code` must have the full length.
  [[nodiscard]] bool verify(std::string_view text, std::string_view code) const;

 private:
  static constexpr std::size_t state_bytes = 224;  // of OpenSSL's SHA512_CTX, the longer one
  struct alignas(16) State {
    std::array<unsigned char, state_bytes> bytes{};
  };
  Hash hash_;
  State inner_;
  State outer_;
};

}  // namespace sallyport::jose
