// The reference of a configuration as Markdown: a section for each table, a row for each key.
#pragma once

#include <string>

#include "config/any_table.hpp"

namespace sallyport::config {

// In the order of the tables; the same input gives the same text.
[[nodiscard]] std::string reference_markdown(const AnyTable& table);

}  // namespace sallyport::config
