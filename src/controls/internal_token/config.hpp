// Keys of `internal_token`.
#pragma once

#include <string>

#include "config/table.hpp"

namespace sallyport::controls::internal_token {

struct Config {
  std::string issuer;
  std::string audience;
  config::FilePath key_file;
  std::string header = "X-Sallyport-Token";
  config::Duration lifetime = std::chrono::seconds(60);
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::internal_token
