// Specification to Plan.
#pragma once

#include <cstdint>
#include <span>

#include "controls/contract/plan.hpp"
#include "spec/openapi.hpp"

#include <sallyport/result.hpp>

namespace sallyport::controls::contract {

// What is read of the specification, and how.
struct Reading {
  bool strict = true;     // requests: members that are not named are refused
  bool answers = true;    // answers, too
  bool minimise = false;  // of answers what is not named is known, whatever `strict` says
  bool examples = false;  // Plan::examples are gathered
};

// `origins`: for each operation of the API its place in the specification. Schemas in other files
// are read from below the specification's directory; nothing is fetched. Errors name the place.
[[nodiscard]] Result<std::shared_ptr<const Plan>> build_plan(const Spec& spec, std::span<const std::uint32_t> origins,
                                                             Reading reading);

}  // namespace sallyport::controls::contract
