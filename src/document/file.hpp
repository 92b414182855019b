// Whole files as strings, with a limit.
#pragma once

#include <cstddef>
#include <string>

#include <sallyport/result.hpp>

namespace sallyport::document {

// Errors name the path and what the operating system said; ErrorCode::limit for a longer file.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);
// The same of an open descriptor, which stays open; `path` is for errors.
[[nodiscard]] Result<std::string> read_file(int descriptor, const std::string& path, std::size_t limit);

}  // namespace sallyport::document
