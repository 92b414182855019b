// Distinct names for all tables that one table reaches, in the order in which they are met.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/any_table.hpp"

namespace sallyport::config {

class TableNames {
 public:
  // The name of the table; a second table of the same name is given "name_2".
  const std::string& of(const AnyTable& table);
  // All tables met so far; grows while of() is called.
  [[nodiscard]] std::size_t size() const { return known_.size(); }
  [[nodiscard]] const AnyTable& table(std::size_t i) const { return *known_[i].table; }

 private:
  struct Known {
    const AnyTable* table;
    std::string name;
  };
  std::vector<Known> known_;
};

}  // namespace sallyport::config
