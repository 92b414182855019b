// Keys of `waf`.
#pragma once

#include <string>
#include <vector>

#include "config/size.hpp"
#include "config/table.hpp"

namespace sallyport::controls::waf {

// What is known to be good: evidence that all given keys match does not count.
struct Exclusion {
  std::string rule;       // "sql_tautology", or an attack: "sql"
  std::string operation;  // "POST /orders"
  std::string field;      // name of a parameter, member or header
};

struct Config {
  std::uint32_t paranoia = 1;
  std::vector<Exclusion> exclusions;
  config::Size max_body{1u << 20};
};

const config::Table<Exclusion>& config_table(const Exclusion*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::waf
