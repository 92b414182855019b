#include "controls/registry.hpp"

#include <array>

// Each room declares `const engine::Descriptor& descriptor()` in a namespace of its name.
#define CONTROL(room)                     \
  namespace sallyport::controls::room {   \
  const engine::Descriptor& descriptor(); \
  }
#include "controls/registry.def"
#undef CONTROL

namespace sallyport::controls {

std::span<const engine::Descriptor> registry() {
#define CONTROL(room) room::descriptor(),
  static const auto list = std::to_array<engine::Descriptor>({
#include "controls/registry.def"
  });
#undef CONTROL
  return list;
}

}  // namespace sallyport::controls
