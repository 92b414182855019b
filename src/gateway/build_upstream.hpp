// Builds what calls of one API are forwarded by.
#pragma once

#include "config/report.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/target_states.hpp"
#include "settings/settings.hpp"

namespace sallyport::gateway {

// Names are looked up here: one that is not known, and was not before, is an error.
[[nodiscard]] Upstream build_upstream(const settings::Api& api, TargetStates& states, config::Report& report);

// Makes the targets of an upstream of its sources, and the group that they stand in.
void place_targets(Upstream& upstream, TargetStates& states);

}  // namespace sallyport::gateway
