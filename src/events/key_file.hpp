// Small secret files: read whole, or made once with mode 0600 and flushed to disk.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

#include "events/options.hpp"

namespace sallyport::events {

// The file's text. When it is absent it is made with what `make` returns. Refused when others
// than its owner may read or write it (CWE-732), or when it has more than 64 KiB.
[[nodiscard]] Result<std::string> read_or_make(const std::string& path,
                                               const std::function<Result<std::string>()>& make);

}  // namespace sallyport::events
