#include "controls/authorize/config.hpp"

namespace sallyport::controls::authorize {

const config::Table<Rule>& config_table(const Rule*) {
  static const auto table =
      config::Table<Rule>("authorize_rule", "Who may make the calls that it is about.")
          .flatten(&Rule::calls)
          .field("roles", &Rule::roles, {.doc = "The caller has one of them.", .example = "admin", .one_or_many = true})
          .field("scopes", &Rule::scopes,
                 {.doc = "The caller has all of them.", .example = "orders:write", .one_or_many = true})
          .field("anyone", &Rule::anyone, {.doc = "Everybody, also callers that are not known."})
          .check([](const Rule& rule, config::Report& report, const document::Node& at) {
            if (rule.anyone && (!rule.roles.empty() || !rule.scopes.empty())) {
              report.error(at, "`anyone` contradicts `roles` and `scopes`");
            }
            if (rule.calls.empty()) {
              report.error(at, "the rule names no calls",
                           "give operations, tags, methods or paths; for all other calls there is `otherwise`");
            }
          });
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("authorize",
                            "Which calls a caller may make: as the specification asks, and by rules. It takes part "
                            "when the section is there.")
          .field("security", &Config::security, {.doc = "The specification's security requirements and scopes hold."})
          .field("undeclared", &Config::undeclared,
                 {.doc = "What happens to operations for which the specification does not say who may call."})
          .field("rules", &Config::rules,
                 {.doc = "The first rule about a call decides; both it and the specification must allow the call.",
                  .max = "10000"})
          .field("otherwise", &Config::otherwise,
                 {.doc = "What happens, where there are rules, to a call that none is about."})
          .shorthand("rules");
  return table;
}

}  // namespace sallyport::controls::authorize
