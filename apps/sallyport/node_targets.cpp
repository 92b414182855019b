// Node, what it says of its upstreams' targets.
#include <fmt/format.h>

#include "base/json_text.hpp"
#include "node.hpp"

namespace sallyport::cli {

void Node::add_target_metrics() {
  using View = gateway::TargetView;
  const auto family = [this](const char* name, const char* help, bool counter, double (*read)(const View&)) {
    metrics_.add_family(name, help, counter, [this, read] {
      std::vector<events::Metrics::Sample> samples;
      for (const View& target : server_->targets()) {
        samples.push_back({{{"upstream", target.upstream}, {"target", target.address}}, read(target)});
      }
      return samples;
    });
  };
  family("sallyport_target_up", "1 when calls go to the target, 0 when its breaker or its checks keep them from it.",
         false, [](const View& target) { return target.state == "up" ? 1.0 : 0.0; });
  family("sallyport_target_calls", "Calls under way at targets that are watched.", false,
         [](const View& target) { return static_cast<double>(target.calls_now); });
  family("sallyport_target_calls_total", "Calls sent to targets that are watched.", true,
         [](const View& target) { return static_cast<double>(target.calls); });
  family("sallyport_target_failures_total", "Of them, those that a target failed.", true,
         [](const View& target) { return static_cast<double>(target.failures); });
  family("sallyport_target_openings_total", "How often a target's breaker opened.", true,
         [](const View& target) { return static_cast<double>(target.openings); });
}

// {"orders":{"10.0.0.1:80":{"state":"up",…}}}
std::string Node::targets_json() const {
  std::string out = "{";
  std::string_view open;
  const auto targets = server_->targets();
  for (const gateway::TargetView& target : targets) {
    if (target.upstream != open) {
      if (!open.empty()) out += "},";
      append_json(out, target.upstream);
      out += ":{";
      open = target.upstream;
    } else {
      out += ',';
    }
    append_json(out, target.address);
    out += fmt::format(R"(:{{"state":"{}","weight":{},"failures":{},"openings":{})", target.state, target.weight,
                       target.failures, target.openings);
    if (target.counted) out += fmt::format(R"(,"calls":{},"calls_now":{})", target.calls, target.calls_now);
    if (!target.zone.empty()) {
      out += R"(,"zone":)";
      append_json(out, target.zone);
    }
    out += '}';
  }
  return out + (open.empty() ? "}" : "}}");
}

}  // namespace sallyport::cli
