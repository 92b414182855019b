// JSON Schema of a configuration, for editors to complete and check it.
#pragma once

#include <string>
#include <string_view>

#include "config/any_table.hpp"

namespace sallyport::config {

// JSON Schema 2020-12, indented, in the order of the tables; each nested table once in $defs.
[[nodiscard]] std::string json_schema(const AnyTable& table, std::string_view title);

}  // namespace sallyport::config
