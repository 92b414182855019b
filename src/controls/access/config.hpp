// Keys of `access`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::access {

enum class Action : std::uint8_t { allow, deny };

constexpr auto enum_names(const Action*) {
  return std::to_array<config::Named<Action>>(
      {{"allow", Action::allow, "the call goes on"}, {"deny", Action::deny, "the call is refused with 403"}});
}

// A rule matches when all that it names match; what it does not name matches everything.
struct Rule {
  Action action = Action::deny;
  std::vector<config::Cidr> addresses;
  std::vector<std::string> methods;
  std::vector<std::string> paths;  // "/admin/**": itself and below; "/a/*/b": one segment
};

struct Config {
  std::vector<Rule> rules;  // the first that matches decides
  Action otherwise = Action::allow;
};

const config::Table<Rule>& config_table(const Rule*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::access
