#include "controls/waf/config.hpp"

namespace sallyport::controls::waf {
namespace {

void check_exclusion(const Exclusion& exclusion, config::Report& report, const document::Node& at) {
  if (exclusion.rule.empty() && exclusion.operation.empty() && exclusion.field.empty()) {
    report.error(at, "the exclusion names nothing", "give rule, operation or field: the narrowest one that fits");
  }
}

}  // namespace

const config::Table<Exclusion>& config_table(const Exclusion*) {
  static const auto table =
      config::Table<Exclusion>("waf_exclusion", "Evidence that does not count: everything that is named must match.")
          .field(
              "rule", &Exclusion::rule,
              {.doc = "Id of a rule as events name it, or an attack for all of its rules.", .example = "sql_comment"})
          .field("operation", &Exclusion::operation,
                 {.doc = "Method and path template as in the specification.", .example = "POST /orders"})
          .field("field", &Exclusion::field,
                 {.doc = "Name of the parameter, member, part, cookie or header.", .example = "comment"})
          .check(check_exclusion);
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("waf", "Looks for injection in every decoded value of a request. Off without its section.")
          .field("paranoia", &Config::paranoia,
                 {.doc = "How little evidence is enough: 1 blocks what breaks out of a context, 4 also what merely "
                         "looks alike.",
                  .min = "1",
                  .max = "4"})
          .field("exclusions", &Config::exclusions, {.doc = "Known false positives.", .max = "1000"})
          .field("max_body", &Config::max_body,
                 {.doc = "Longest body that is inspected; a longer one is refused with 413.",
                  .min = "1KiB",
                  .max = "16MiB"});
  return table;
}

}  // namespace sallyport::controls::waf
