// What other rooms may ask of the control `protect_logins`.
#pragma once

#include <string>

#include <sallyport/engine.hpp>

namespace sallyport::controls::protect_logins {

// For `sallyport check`: which operations are log-ins, and why. One a line.
[[nodiscard]] std::string explain(const Policy& policy);

}  // namespace sallyport::controls::protect_logins
