#include "controls/authorize_properties/config.hpp"

namespace sallyport::controls::authorize_properties {

const config::Table<Rule>& config_table(const Rule*) {
  static const auto table =
      config::Table<Rule>("property_rule", "Which properties of one schema callers may read and write.")
          .field("schema", &Rule::schema,
                 {.doc = "A schema of the specification's components (Swagger 2: definitions).",
                  .example = "User",
                  .required = true})
          .field("roles", &Rule::roles,
                 {.doc = "The rule is about callers with one of them; without roles, about everybody.",
                  .example = "admin",
                  .one_or_many = true})
          .field("read", &Rule::read,
                 {.doc = "Properties that may stand in answers to them; `*` is each that the schema names. Where some "
                         "rule about the schema has this key, all others are taken out.",
                  .example = "display_name",
                  .one_or_many = true})
          .field("write", &Rule::write,
                 {.doc = "Properties that may stand in their requests, likewise.",
                  .example = "display_name",
                  .one_or_many = true})
          .check([](const Rule& rule, config::Report& report, const document::Node& at) {
            if (!rule.read && !rule.write) report.error(at, "the rule allows nothing", "give `read`, `write` or both");
          });
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("authorize_properties",
                            "Which properties of objects callers may read and set, by role and schema. It takes part "
                            "when the section is there.")
          .field("rules", &Config::rules, {.doc = "What any rule allows is allowed.", .max = "1000"})
          .field("hints", &Config::hints,
                 {.doc = "What the specification calls `writeOnly` is taken out of answers, and what it calls "
                         "`readOnly` may not be set, whatever the rules say."})
          .field("unwritable", &Config::unwritable,
                 {.doc = "What happens to a request that sets what the caller may not set."})
          .field("max_body", &Config::max_body,
                 {.doc = "How much of a request is looked at; one with more is refused with 413.",
                  .min = "1KiB",
                  .max = "16MiB"})
          .field("max_answer", &Config::max_answer,
                 {.doc = "The same of an answer; a longer one becomes a 502.", .min = "1KiB", .max = "16MiB"})
          .shorthand("rules");
  return table;
}

}  // namespace sallyport::controls::authorize_properties
