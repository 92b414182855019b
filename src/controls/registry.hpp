// The list of all controls. Adding one: its folder, and one line in registry.def.
#pragma once

#include <span>

#include "engine/descriptor.hpp"

namespace sallyport::controls {

[[nodiscard]] std::span<const engine::Descriptor> registry();

}  // namespace sallyport::controls
