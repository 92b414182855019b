// Keys of `authorize_objects`.
#pragma once

#include "config/table.hpp"
#include "controls/authorize/which_calls.hpp"

namespace sallyport::controls::authorize_objects {

using authorize::CallNames;

// One comparison: a place of the call and what must stand there.
struct Check {
  std::string path;      // a variable of the path template
  std::string body;      // a member of the request's body: "order.customer_id", "items[].owner"
  std::string response;  // a member of the answer, likewise
  std::string is = "subject";
  bool optional = false;
};

// All checks of all rules about a call must hold.
struct Rule {
  CallNames calls;
  std::vector<Check> checks;
  std::vector<std::string> unless_roles;
};

struct Config {
  std::vector<Rule> rules;
  bool hide = true;
};

const config::Table<Check>& config_table(const Check*);
const config::Table<Rule>& config_table(const Rule*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::authorize_objects
