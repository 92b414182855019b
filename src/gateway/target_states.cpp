#include "gateway/target_states.hpp"

#include <chrono>

namespace sallyport::gateway {

balance::Instant monotonic_now() {
  return std::chrono::duration_cast<balance::Instant>(std::chrono::steady_clock::now().time_since_epoch());
}

std::shared_ptr<balance::TargetState> TargetStates::of(const std::string& api, const std::string& key) {
  const std::lock_guard lock(mutex_);
  OfApi& known = apis_[api];
  std::erase_if(known.states, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<balance::TargetState>& kept = known.states[key];
  std::shared_ptr<balance::TargetState> state = kept.lock();
  if (state) return state;
  state = std::make_shared<balance::TargetState>();
  if (known.served) state->begin_slowly(monotonic_now());
  kept = state;
  return state;
}

std::shared_ptr<balance::RetryBudget> TargetStates::budget(const std::string& api) {
  const std::lock_guard lock(mutex_);
  return apis_[api].budget;
}

void TargetStates::placed(const std::string& api) {
  const std::lock_guard lock(mutex_);
  apis_[api].served = true;
}

void TargetStates::learn(const std::string& server, const Addresses& addresses) {
  const std::lock_guard lock(mutex_);
  addresses_[server] = addresses;
}

std::optional<TargetStates::Addresses> TargetStates::last_known(const std::string& server) const {
  const std::lock_guard lock(mutex_);
  const auto found = addresses_.find(server);
  if (found == addresses_.end()) return std::nullopt;
  return found->second;
}

}  // namespace sallyport::gateway
