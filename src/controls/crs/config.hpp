// Keys of `crs`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::crs {

struct Config {
  config::FilePath rules;                // a rule set's folder; empty: the control is off
  bool packaged = false;                 // the rule set of the Debian package
  std::vector<config::FilePath> before;  // files that stand before the rules
  std::vector<config::FilePath> after;
  std::uint32_t paranoia = 1;
  std::uint32_t inbound_threshold = 5;
  std::uint32_t outbound_threshold = 4;
  bool responses = true;
  config::Size max_body{64u << 10};
  config::Size max_response{64u << 10};
  config::FilePath cache;
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::crs
