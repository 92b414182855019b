// Keys of `header_hygiene`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::header_hygiene {

struct Config {
  std::vector<std::string> strip;  // further request fields that only the inside may set
  std::vector<std::string> hide;   // further response fields that tell about the inside
  bool security_headers = true;
  config::Duration hsts = std::chrono::hours(24 * 365);
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::header_hygiene
