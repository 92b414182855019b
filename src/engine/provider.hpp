// Who answers a Need: the numbers that a Lookup names and that every driver knows. A driver
// without that provider answers "not found".
#pragma once

#include <cstdint>

namespace sallyport::engine {

struct Provider {
  static constexpr std::uint32_t counters = 1;  // key: shared::packed() asks; value: as many grants
};

}  // namespace sallyport::engine
