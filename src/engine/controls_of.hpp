// Which controls of one kind a policy has: for verbs that explain a configuration.
#pragma once

#include <sallyport/engine.hpp>

namespace sallyport::engine {

// Calls visit(api, control) for each API that has a C which is not off. Not for the path of calls.
template <class C, class Visit>
void for_each_control(const Policy& policy, const Visit& visit) {
  for (const auto& api : policy.apis) {
    for (const Step& step : policy.pipelines[api->index].steps()) {
      const auto* control = dynamic_cast<const C*>(step.control.get());
      if (control != nullptr && step.mode != Mode::off) visit(*api, *control);
    }
  }
}

}  // namespace sallyport::engine
