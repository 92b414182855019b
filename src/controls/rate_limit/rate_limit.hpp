// What other rooms may ask of the control `rate_limit`.
#pragma once

#include <string>

#include <sallyport/engine.hpp>

namespace sallyport::controls::rate_limit {

// For `sallyport check`: which operations are in a class of their own, and why. One a line.
[[nodiscard]] std::string explain(const Policy& policy);

}  // namespace sallyport::controls::rate_limit
