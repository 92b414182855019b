// What was learned, as an OpenAPI 3.1 description: paths, methods, parameters, statuses and bodies. A draft for a
// person to finish: owner, purpose and data classes nobody can learn from calls.
#pragma once

#include <string>
#include <vector>

#include "discover/learned_api.hpp"

namespace sallyport::discover {

// JSON, indented. Endpoints without calls are left out.
[[nodiscard]] std::string openapi_of(const std::vector<LearnedEndpoint>& endpoints, const std::string& title);

}  // namespace sallyport::discover
