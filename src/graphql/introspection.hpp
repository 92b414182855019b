// A schema as the answer to an introspection query (October 2021 §4) says it, written as SDL: there
// is one reader of schemas.
#pragma once

#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::graphql {

// `json`: {"__schema": …} or {"data": {"__schema": …}}. Descriptions and deprecations are left out.
// Errors name the type.
[[nodiscard]] Result<std::string> sdl_of_introspection(std::string_view json);

}  // namespace sallyport::graphql
