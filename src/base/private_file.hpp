// Files that only their owner may read (CWE-732): read whole and with a limit, replaced as a whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport {

// A regular file without rights for others, of at most `limit` bytes. not_found when there is none.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path, std::size_t limit);

// Writes it beside, with mode 0600, flushes it to disk and renames: a crash leaves the old or the new one.
[[nodiscard]] Result<void> replace_private_file(const std::string& path, std::string_view text);

}  // namespace sallyport
