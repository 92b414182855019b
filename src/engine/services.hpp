// Services: what outlives a configuration and is shared by every call of a program: counters,
// keys, revocations. One object a program, made before its first policy. Controls get it while
// they are compiled (Scope::services) and may keep pointers into it: the policy holds it.
#pragma once

#include <cstddef>
#include <memory>

#include "shared/memory_store.hpp"

namespace sallyport::engine {

class Services {
 public:
  // How many bytes the counters may take. Holds until the program ends: false when they stand
  // already with another size.
  bool size_counters(std::size_t bytes);
  // Counters of limits; made when first asked for. Not safe against size_counters().
  [[nodiscard]] shared::MemoryStore& counters();

 private:
  std::size_t counter_bytes_ = shared::MemoryStore::default_budget;
  std::unique_ptr<shared::MemoryStore> counters_;
};

}  // namespace sallyport::engine
