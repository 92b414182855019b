// Keys of `graphql`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::graphql {

struct Config {
  std::vector<std::string> paths{"/graphql"};
  std::uint32_t depth = 10;
  std::uint32_t nodes = 1000;
  std::uint32_t aliases = 15;
  std::uint32_t directives = 50;
  std::uint32_t batch = 5;
  std::uint32_t cost = 1000;
  std::vector<std::string> list_arguments{"first", "last", "limit", "take", "size", "pageSize", "perPage", "count"};
  std::uint32_t list_size = 10;
  bool introspection = false;
  bool suggestions = false;
  bool subscriptions = false;
  bool persisted = false;
  config::Size max_body{256u << 10};
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::graphql
