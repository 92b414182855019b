// The paths of an API description's servers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "document/node.hpp"

namespace sallyport {

// "/v1/" -> "/v1", "" -> "/". Errors: not beginning with '/', braces, dot or empty segments.
[[nodiscard]] Result<std::string> plain_base_path(std::string_view path);

// Paths of a `servers` sequence (OpenAPI 3.x) in order, each once, variables replaced by their
// defaults. A relative URL is taken relative to "/". Empty for an empty sequence.
[[nodiscard]] Result<std::vector<std::string>> server_paths(const document::Node& servers);

}  // namespace sallyport
