// VerifiedTokens: which tokens had a good signature a moment ago. Only the signature's check is spared:
// claims, and so expiry, are checked each time, and what was verified by other keys counts no more.
// What is kept is a keyed digest of the whole token, not the token.
//
// Bounded and shared by all threads: a table of places, each with a lock-free entry of 16 bytes. Places
// are taken from each other; a lost race costs a check of the signature, nothing else.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "jose/hmac.hpp"

namespace sallyport::jose {

class VerifiedTokens {
 public:
  // A power of two of places, at least `tokens`. Throws std::runtime_error without randomness.
  explicit VerifiedTokens(std::size_t tokens);

  struct Digest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };
  // `keys` names the set of keys that verifies: another one, another digest.
  [[nodiscard]] Digest digest(std::string_view token, std::uint64_t keys) const;
  [[nodiscard]] bool has(const Digest& digest) const;
  void add(const Digest& digest);

 private:
  // Both halves are written one after the other, the second mixed with the first: a reader that sees
  // halves of two entries finds neither.
  struct Place {
    std::atomic<std::uint64_t> low{0};
    std::atomic<std::uint64_t> mixed{0};
  };
  Hmac hmac_;
  std::size_t mask_;
  std::unique_ptr<Place[]> places_;
};

}  // namespace sallyport::jose
