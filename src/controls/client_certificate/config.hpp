// Keys of `client_certificate`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"
#include "controls/authorize/which_calls.hpp"

namespace sallyport::controls::client_certificate {

struct Config {
  authorize::CallNames calls;  // none: all
  std::vector<std::string> names;
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::client_certificate
