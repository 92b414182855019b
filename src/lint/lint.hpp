// Lint: a specification against the rules of finding.hpp.
#pragma once

#include "lint/finding.hpp"
#include "lint/gateway.hpp"
#include "spec/openapi.hpp"

#include <sallyport/result.hpp>

namespace sallyport::lint {

// What the gateway enforces is not reported, nor counted in scores. A part that several operations
// share is reported once and counts for each of them. `name`: how the specification was named.
// Linear in the specification. Errors: a reference to nothing.
[[nodiscard]] Result<Report> lint(const Spec& spec, const std::string& name, const Gateway& gateway);

}  // namespace sallyport::lint
