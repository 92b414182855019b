// What a node says of its upstreams: `sallyport status` and the metrics.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/snapshot.hpp"

namespace sallyport::gateway {

struct TargetView {
  std::string upstream;  // the API, or "orders canary"
  std::string address;
  std::string zone;
  std::uint32_t weight = 1;
  std::string_view state;  // "up"; "open" or "trying": its breaker; "down": it fails its checks
  bool counted = false;    // a single target that nothing watches has no figures of calls
  std::uint64_t calls_now = 0, calls = 0, failures = 0, openings = 0;
};

[[nodiscard]] std::vector<TargetView> upstream_views(const Snapshot& snapshot);

}  // namespace sallyport::gateway
