// Keys of `unknown_operation`.
#pragma once

#include "config/table.hpp"

namespace sallyport::controls::unknown_operation {

struct Config {
  bool announce = true;
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::unknown_operation
