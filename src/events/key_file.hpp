// Small secret files: read whole, or made once with mode 0600 and flushed to disk.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

#include "events/options.hpp"

namespace sallyport::events {

// From getrandom(2).
[[nodiscard]] Result<void> fill_random(std::span<unsigned char> out);

// The file's text. When it is absent it is made with what `make` returns. Refused when others
// than its owner may read or write it (CWE-732), or when it has more than 64 KiB.
[[nodiscard]] Result<std::string> read_or_make(const std::string& path,
                                               const std::function<Result<std::string>()>& make);

}  // namespace sallyport::events
