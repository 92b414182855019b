// Keys of `data_classes`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::data_classes {

struct Config {
  bool requests = true;
  bool responses = true;
  std::uint32_t sample = 100;   // percent of calls
  std::uint32_t a_second = 50;  // calls of each worker; further ones pass unseen
  config::Size max_body{64u << 10};
  std::vector<std::string> ignore;  // names of types
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::data_classes
