// Keys of `address_limit`.
#pragma once

#include <map>
#include <string>

#include "controls/rate_limit/config.hpp"

namespace sallyport::controls::address_limit {

struct Config {
  rate_limit::Rate login{10, std::chrono::minutes(1), {}};
  rate_limit::Rate all;  // off
  std::map<std::string, rate_limit::Class> classes;
  std::uint32_t ipv6_prefix = 64;
  bool announce = true;
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::address_limit
