#include "jose/verified_tokens.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "base/random.hpp"

namespace sallyport::jose {
namespace {

std::string random_key() {
  const auto bytes = random_value<std::array<unsigned char, 32>>();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Never 0 for a digest that anybody sees: an empty place holds nothing.
std::uint64_t mixed(const VerifiedTokens::Digest& digest) {
  return digest.high ^ std::rotl(digest.low, 31) ^ 0x5bd1e995d6e8feb8u;
}

}  // namespace

VerifiedTokens::VerifiedTokens(std::size_t tokens)
    : hmac_(Hash::sha256, random_key()),
      mask_(std::bit_ceil(tokens + (tokens == 0)) - 1),
      places_(std::make_unique<Place[]>(mask_ + 1)) {}

VerifiedTokens::Digest VerifiedTokens::digest(std::string_view token, std::uint64_t keys) const {
  const auto code = hmac_.code(token);
  Digest digest;
  std::memcpy(&digest.low, code.data(), 8);
  std::memcpy(&digest.high, code.data() + 8, 8);
  std::uint64_t rest = 0;
  std::memcpy(&rest, code.data() + 16, 8);
  digest.high ^= rest ^ keys * 0x9e3779b97f4a7c15u;
  return digest;
}

bool VerifiedTokens::has(const Digest& digest) const {
  const Place& place = places_[digest.low & mask_];
  const std::uint64_t low = place.low.load(std::memory_order_relaxed);
  return low == digest.low && place.mixed.load(std::memory_order_relaxed) == mixed(digest);
}

void VerifiedTokens::add(const Digest& digest) {
  Place& place = places_[digest.low & mask_];
  place.low.store(digest.low, std::memory_order_relaxed);
  place.mixed.store(mixed(digest), std::memory_order_relaxed);
}

}  // namespace sallyport::jose
