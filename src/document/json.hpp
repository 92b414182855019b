// A strict JSON parser (RFC 8259) with positions: YAML libraries do not join surrogate pairs, and
// large specifications are JSON.
#pragma once

#include <string_view>

#include "document/outline.hpp"

namespace sallyport::document {

// Records `text` in `outline`, whose views then point into `text`. False when it is not JSON or
// exceeds a limit; outline.error() says why and where.
[[nodiscard]] bool outline_json(std::string_view text, Outline& outline);

}  // namespace sallyport::document
