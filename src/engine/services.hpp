// Services: what outlives a configuration and is shared by every call of a program: counters,
// keys, revocations. One object a program, made before its first policy. Controls get it while
// they are compiled (Scope::services) and may keep pointers into it: the policy holds it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "engine/lookups.hpp"
#include "shared/leases.hpp"
#include "shared/memory_store.hpp"

namespace sallyport::engine {

class Services {
 public:
  // How many bytes the counters may take and, when nodes share them, what all of them know, so that
  // their names are the same everywhere. Holds until the program ends: false when they stand
  // already with something else.
  bool set_counters(std::size_t bytes, std::optional<std::string_view> shared_by);
  // Counters of limits; made when first asked for. Not safe against size_counters().
  [[nodiscard]] shared::MemoryStore& counters();
  // Null: counters are this node's own, or stand not yet.
  [[nodiscard]] shared::Leases* leases() const { return leases_.get(); }

  // Who answers what controls need.
  [[nodiscard]] Lookups& lookups() { return lookups_; }

  // What a room keeps itself, one object a type, made of these Services when first asked for. While
  // policies are compiled and by drivers; not for the path of calls.
  template <class Part>
  [[nodiscard]] Part& part() {
    static constexpr char key = 0;  // its address names the type
    const std::lock_guard lock(mutex_);
    std::shared_ptr<void>& kept = parts_[&key];
    if (!kept) kept = std::make_shared<Part>(*this);
    return *static_cast<Part*>(kept.get());
  }

 private:
  std::size_t counter_bytes_ = shared::MemoryStore::default_budget;
  std::optional<SipKey> shared_key_;
  std::unique_ptr<shared::MemoryStore> counters_;
  std::unique_ptr<shared::Leases> leases_;
  Lookups lookups_;
  std::mutex mutex_;
  std::map<const void*, std::shared_ptr<void>> parts_;
};

}  // namespace sallyport::engine
