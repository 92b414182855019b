// Specification to Plan.
#pragma once

#include <cstdint>
#include <span>

#include "controls/contract/plan.hpp"
#include "spec/openapi.hpp"

#include <sallyport/result.hpp>

namespace sallyport::controls::contract {

// `origins`: for each operation of the API its place in the specification. Schemas in other files
// are read from below the specification's directory; nothing is fetched. Errors name the place.
[[nodiscard]] Result<std::shared_ptr<const Plan>> build_plan(const Spec& spec, std::span<const std::uint32_t> origins,
                                                             bool strict, bool answers);

}  // namespace sallyport::controls::contract
