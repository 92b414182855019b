#include "engine/services.hpp"

#include <cstring>

#include "base/random.hpp"

namespace sallyport::engine {

bool Services::set_counters(std::size_t bytes, std::optional<std::string_view> shared_by) {
  std::optional<SipKey> key;
  if (shared_by) {
    key.emplace();
    for (std::uint8_t half = 0; half < 2; ++half) {
      const std::uint64_t hash = siphash(SipKey{'c', 'o', 'u', 'n', 't', 'e', 'r', 's', half}, *shared_by);
      std::memcpy(key->data() + std::size_t{8} * half, &hash, sizeof hash);
    }
  }
  if (counters_) return counter_bytes_ == bytes && shared_key_ == key;
  counter_bytes_ = bytes;
  shared_key_ = key;
  return true;
}

shared::MemoryStore& Services::counters() {
  if (!counters_) {
    const SipKey key = shared_key_ ? *shared_key_ : random_value<SipKey>();
    counters_ = std::make_unique<shared::MemoryStore>(counter_bytes_, key);
    if (shared_key_) leases_ = std::make_unique<shared::Leases>(*counters_);
  }
  return *counters_;
}

}  // namespace sallyport::engine
