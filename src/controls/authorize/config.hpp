// Keys of `authorize`.
#pragma once

#include "config/table.hpp"
#include "controls/authorize/which_calls.hpp"

namespace sallyport::controls::authorize {

enum class Otherwise : std::uint8_t { deny, allow };

constexpr auto enum_names(const Otherwise*) {
  return std::to_array<config::Named<Otherwise>>(
      {{"deny", Otherwise::deny, "the call is refused"}, {"allow", Otherwise::allow, "the call goes on"}});
}

// The calls that it is about may be made by whoever has one of the roles and all of the scopes.
struct Rule {
  CallNames calls;
  std::vector<std::string> roles;
  std::vector<std::string> scopes;
  bool anyone = false;  // also who is not known
};

struct Config {
  bool security = true;
  Otherwise undeclared = Otherwise::deny;
  std::vector<Rule> rules;
  Otherwise otherwise = Otherwise::deny;
};

const config::Table<Rule>& config_table(const Rule*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::authorize
