// Maglev: which target a hash belongs to, in one look into a table. When a target comes or goes, hardly any other
// hash moves (Eisenbud and others: Maglev, NSDI 2016, §3.4). Immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::balance {

class Maglev {
 public:
  static constexpr std::size_t size = 16'381;  // a prime; shares are exact within 1 % for 100 targets and more

  // What it is named decides where a target stands, so that order does not matter; shares follow the weights.
  struct Place {
    std::string_view name;
    std::uint32_t weight = 1;
  };
  Maglev() = default;
  explicit Maglev(std::span<const Place> places);

  // The index of a place; not to be asked of an empty table.
  [[nodiscard]] std::uint16_t at(std::uint64_t hash) const { return table_[hash % size]; }
  [[nodiscard]] bool empty() const { return table_.empty(); }

 private:
  std::vector<std::uint16_t> table_;
};

}  // namespace sallyport::balance
