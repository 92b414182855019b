#include "identity/seen_proofs.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "jose/hmac.hpp"

namespace sallyport::identity {
namespace {

constexpr std::size_t nonce_bytes = 16;

}  // namespace

SeenProofs::SeenProofs(engine::Services&) : nonce_key_(32, '\0') {
  keys_ = random_value<decltype(keys_)>();
  fill_random_or_throw({reinterpret_cast<unsigned char*>(nonce_key_.data()), nonce_key_.size()});
}

SeenProofs::Seen SeenProofs::add(std::string_view key, std::string_view id, std::int64_t now, std::int64_t keep) {
  // A thumbprint has always the same length: no two pairs are one text.
  std::string text(key);
  text += id;
  const Digest digest{siphash(keys_[0], text), siphash(keys_[1], text)};
  Shard& shard = shards_[digest.high % shards];
  const std::lock_guard lock(shard.mutex);
  while (!shard.ends.empty() && shard.ends.front().first <= now) {
    shard.seen.erase(shard.ends.front().second);
    shard.ends.pop_front();
  }
  if (shard.seen.contains(digest)) return Seen::again;
  if (shard.seen.size() >= max_in_shard) return Seen::no_room;
  shard.seen.insert(digest);
  shard.ends.emplace_back(now + keep, digest);
  return Seen::first;
}

std::string SeenProofs::nonce_of(std::int64_t slot) const {
  const auto code = jose::Hmac(jose::Hash::sha256, nonce_key_).code(std::to_string(slot));
  return encode_base64({reinterpret_cast<const char*>(code.data()), nonce_bytes}, Base64::url);
}

std::string SeenProofs::nonce(std::int64_t now) const { return nonce_of(now / nonce_seconds); }

bool SeenProofs::is_nonce(std::string_view text, std::int64_t now) const {
  return text == nonce_of(now / nonce_seconds) || text == nonce_of(now / nonce_seconds - 1);
}

}  // namespace sallyport::identity
