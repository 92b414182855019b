// SeenProofs: which proofs of possession came already, so that none is good twice (RFC 9449 §11.1). Bounded
// and exact: when there is no room, a proof is refused rather than taken unseen. Shared by all threads; kept
// is a keyed digest of 16 bytes. Part of Services, so that a reload forgets nothing.
//
// Also the nonces that proofs may have to name (§8): a time and a code over it, so that nothing is kept.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/siphash.hpp"
#include "engine/services.hpp"

namespace sallyport::identity {

class SeenProofs {
 public:
  static constexpr std::size_t shards = 16;
  static constexpr std::size_t max_in_shard = 16'384;  // 262,144 in all: 4,000 a second for a minute
  static constexpr std::int64_t nonce_seconds = 60;    // how often it changes; the one before is good as well

  explicit SeenProofs(engine::Services&);

  enum class Seen : std::uint8_t { first, again, no_room };
  // Of the proof `id` by the key with that thumbprint, which is kept `keep` seconds from `now` on.
  [[nodiscard]] Seen add(std::string_view key, std::string_view id, std::int64_t now, std::int64_t keep);

  [[nodiscard]] std::string nonce(std::int64_t now) const;
  [[nodiscard]] bool is_nonce(std::string_view text, std::int64_t now) const;

 private:
  struct Digest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Digest&, const Digest&) = default;
  };
  struct Hash {
    std::size_t operator()(const Digest& digest) const { return static_cast<std::size_t>(digest.low); }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_set<Digest, Hash> seen;
    std::deque<std::pair<std::int64_t, Digest>> ends;  // in the order in which they came
  };
  [[nodiscard]] std::string nonce_of(std::int64_t slot) const;

  std::array<SipKey, 2> keys_{};
  std::string nonce_key_;
  std::array<Shard, shards> shards_;
};

}  // namespace sallyport::identity
