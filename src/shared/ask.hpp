// Ask: what a node wants from the counters that nodes share, and what it gets (Grant). They travel
// from a control to the driver as the key of a Lookup, and back as its Answer: memory of the same
// process, in the call's arena.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "shared/limit.hpp"

namespace sallyport::shared {

struct Ask {
  std::uint64_t key = 0;  // MemoryStore::key(), the same on every node
  Limit limit;
  std::uint32_t least = 1;     // fewer units are of no use
  std::uint32_t fraction = 1;  // more are welcome: up to this part of what is left, 1/fraction
  std::int64_t end_us = 0;     // quota: the end of the period
  std::uint32_t back = 0;      // bucket: units that are given back before anything is taken
};

struct Grant {
  bool answered = false;      // false: the store did not answer in time; nothing is known
  std::uint32_t granted = 0;  // units that are this node's now; 0: refused
  std::uint32_t remaining = 0;
  std::int64_t wait_us = 0;
  std::int64_t reset_us = 0;
};

[[nodiscard]] inline std::string_view packed(std::span<const Ask> asks) {
  return {reinterpret_cast<const char*>(asks.data()), asks.size_bytes()};
}
[[nodiscard]] inline std::span<const Ask> asks_in(std::string_view key) {
  return {reinterpret_cast<const Ask*>(key.data()), key.size() / sizeof(Ask)};
}
[[nodiscard]] inline std::string_view packed(std::span<const Grant> grants) {
  return {reinterpret_cast<const char*>(grants.data()), grants.size_bytes()};
}
[[nodiscard]] inline std::span<const Grant> grants_in(std::string_view value) {
  return {reinterpret_cast<const Grant*>(value.data()), value.size() / sizeof(Grant)};
}

}  // namespace sallyport::shared
