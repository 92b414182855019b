// Keys of `error_hygiene`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::error_hygiene {

struct Config {
  bool server_errors = true;
  bool stack_traces = true;
  config::Size max_body{64u << 10};
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::error_hygiene
