// Keys of `graphql`.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::graphql {

enum class Errors : std::uint8_t { helpful, plain };

constexpr auto enum_names(const Errors*) {
  return std::to_array<config::Named<Errors>>(
      {{"helpful", Errors::helpful, "what does not fit and where in the query, nothing of the schema"},
       {"plain", Errors::plain, "that it does not fit"}});
}

// The documents that clients are known to send.
struct Documents {
  config::FilePath file;
  bool only = false;  // others are refused
};

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
  config::FilePath schema;  // empty: queries are bounded alone
  Errors errors = Errors::helpful;
  std::map<std::string, std::vector<std::string>> fields;  // "Type.field": roles
  std::optional<Documents> documents;
};

const config::Table<Documents>& config_table(const Documents*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::graphql
