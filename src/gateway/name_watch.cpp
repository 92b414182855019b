#include "gateway/name_watch.hpp"

#include <algorithm>

#include "gateway/build_upstream.hpp"

namespace sallyport::gateway {

bool NameWatch::refresh(TargetSource& source, const Upstream& upstream, balance::Instant now) {
  const auto [entry, is_new] = known_.try_emplace(upstream.name + " " + source.server);
  Known& known = entry->second;
  if (is_new) known.next = now + upstream.resolve;  // it has just been looked up
  if (now < known.next) return false;
  known.next = now + upstream.resolve;
  auto found = look_up_(ServerName{source.name, source.port});
  if (!found || found->empty()) {
    if (!std::exchange(known.failed, true)) {
      tell_("`" + source.server + "` of " + upstream.name + " cannot be looked up: its last addresses stay");
    }
    return false;
  }
  if (std::exchange(known.failed, false)) tell_("`" + source.server + "` of " + upstream.name + " is known again");
  std::ranges::sort(*found);
  if (*found == source.addresses) return false;
  source.addresses = std::move(*found);
  return true;
}

bool NameWatch::refresh(Upstream& upstream, TargetStates& states, balance::Instant now) {
  bool changed = false;
  for (TargetSource& source : upstream.sources) {
    if (source.name.empty() || !refresh(source, upstream, now)) continue;
    states.learn(source.server, source.addresses);
    changed = true;
  }
  if (changed) place_targets(upstream, states);
  return changed;
}

std::shared_ptr<const Snapshot> NameWatch::step(const Snapshot& current, balance::Instant now) {
  std::shared_ptr<Snapshot> next;
  auto& states = current.services->part<TargetStates>();
  const auto copy = [&]() -> Snapshot& {
    if (!next) next = std::make_shared<Snapshot>(current);
    return *next;
  };
  for (std::size_t i = 0; i < current.upstreams.size(); ++i) {
    Upstream upstream = current.upstreams[i];
    bool changed = refresh(upstream, states, now);
    if (upstream.canary) {
      auto other = std::make_shared<Upstream>(*upstream.canary->upstream);
      if (refresh(*other, states, now)) {
        upstream.canary->upstream = std::move(other);
        changed = true;
      }
    }
    if (changed) copy().upstreams[i] = std::move(upstream);
  }
  return next;
}

}  // namespace sallyport::gateway
