#include "engine/services.hpp"

#include <random>

namespace sallyport::engine {

bool Services::size_counters(std::size_t bytes) {
  if (counters_) return counter_bytes_ == bytes;
  counter_bytes_ = bytes;
  return true;
}

shared::MemoryStore& Services::counters() {
  if (!counters_) {
    std::random_device random;  // the kernel's
    SipKey key;
    for (auto& byte : key) byte = static_cast<std::uint8_t>(random());
    counters_ = std::make_unique<shared::MemoryStore>(counter_bytes_, key);
  }
  return *counters_;
}

}  // namespace sallyport::engine
