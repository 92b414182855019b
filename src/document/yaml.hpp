// YAML through libyaml's event parser.
#pragma once

#include <string_view>

#include "document/outline.hpp"

namespace sallyport::document {

// Records `text` in `outline`, which keeps its own copies of the scalars. False when it is not
// YAML, is refused or exceeds a limit; outline.error() says why and where.
[[nodiscard]] bool outline_yaml(std::string_view text, Outline& outline);

}  // namespace sallyport::document
