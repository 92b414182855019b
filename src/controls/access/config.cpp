#include "controls/access/config.hpp"

#include "controls/access/path_pattern.hpp"
#include "http/characters.hpp"

namespace sallyport::controls::access {
namespace {

void check_rule(const Rule& rule, config::Report& report, const document::Node& at) {
  if (rule.addresses.empty() && rule.methods.empty() && rule.paths.empty()) {
    report.error(at, "the rule names nothing to match",
                 "give addresses, methods or paths; for all other calls there is `otherwise`");
  }
  for (const std::string& method : rule.methods) {
    const bool token = !method.empty() && http::all(method, http::character::tchar);
    bool upper = true;
    for (const char c : method) upper = upper && !(c >= 'a' && c <= 'z');
    if (!token || !upper) report.error(at, "`" + method + "` is no method", "methods are written in upper case: GET");
  }
  for (const std::string& path : rule.paths) {
    if (const auto pattern = PathPattern::compile(path); !pattern) {
      report.error(at, "`" + path + "`: " + pattern.error().message, pattern.error().hint);
    }
  }
}

}  // namespace

const config::Table<Rule>& config_table(const Rule*) {
  static const auto table =
      config::Table<Rule>("access_rule", "Matches when everything that it names matches.")
          .field("action", &Rule::action, {.doc = "What happens to a call that matches.", .required = true})
          .field("addresses", &Rule::addresses,
                 {.doc = "Client addresses.", .example = "10.0.0.0/8", .one_or_many = true})
          .field("methods", &Rule::methods, {.doc = "Request methods.", .example = "DELETE", .one_or_many = true})
          .field("paths", &Rule::paths,
                 {.doc = "Paths: `*` is one segment, `**` at the end is this path and everything below. A deny rule "
                         "also matches other spellings that some back-end takes for the same path.",
                  .example = "/admin/**",
                  .one_or_many = true})
          .check(check_rule);
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("access", "Allows or denies calls by address, method and path.")
          .field("rules", &Config::rules, {.doc = "The first rule that matches decides.", .max = "10000"})
          .field("otherwise", &Config::otherwise, {.doc = "What happens when no rule matches."})
          .shorthand("rules");
  return table;
}

}  // namespace sallyport::controls::access
