#include "inventory/inventory.hpp"

#include "base/random.hpp"
#include "events/options.hpp"

namespace sallyport::inventory {
namespace {

SipKey fresh_key() {
  SipKey key{};
  // Without randomness callers might choose how many they seem to be, and nothing else.
  static_cast<void>(fill_random(key));
  return key;
}

}  // namespace

Inventory::Inventory() : Inventory(fresh_key(), events::system_now_us()) {}

}  // namespace sallyport::inventory
