#include "config/table_names.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sallyport::config {

const std::string& TableNames::of(const AnyTable& table) {
  const auto known = std::ranges::find(known_, &table, &Known::table);
  if (known != known_.end()) return known->name;
  const auto same = std::ranges::count_if(known_, [&](const Known& k) { return k.table->name() == table.name(); });
  std::string name(table.name());
  if (same > 0) name += fmt::format("_{}", same + 1);
  return known_.emplace_back(&table, std::move(name)).name;
}

}  // namespace sallyport::config
