#include "gateway/upstream_view.hpp"

namespace sallyport::gateway {
namespace {

std::string_view state_word(const balance::TargetState& state) {
  if (state.is_down()) return "down";
  switch (state.breaker.state()) {
    case balance::Breaker::State::closed:
      return "up";
    case balance::Breaker::State::open:
      return "open";
    case balance::Breaker::State::trying:
      return "trying";
  }
  return "up";
}

void add_targets(const Upstream& upstream, std::vector<TargetView>& views) {
  for (std::size_t i = 0; i < upstream.targets.size(); ++i) {
    const Target& target = upstream.targets[i];
    const balance::TargetState& state = *target.state;
    TargetView view;
    view.upstream = upstream.name;
    view.address = target.address_text;
    view.zone = target.zone;
    view.state = state_word(state);
    view.counted = upstream.group != nullptr;
    if (view.counted) view.weight = upstream.group->members()[i].weight;
    view.calls_now = state.calls_now.load(std::memory_order_relaxed);
    view.calls = state.calls.load(std::memory_order_relaxed);
    view.failures = state.failures.load(std::memory_order_relaxed);
    view.openings = state.breaker.openings();
    views.push_back(std::move(view));
  }
}

}  // namespace

std::vector<TargetView> upstream_views(const Snapshot& snapshot) {
  std::vector<TargetView> views;
  for (const Upstream& upstream : snapshot.upstreams) {
    add_targets(upstream, views);
    if (upstream.canary) add_targets(*upstream.canary->upstream, views);
  }
  return views;
}

}  // namespace sallyport::gateway
