#include "controls/crs/config.hpp"

namespace sallyport::controls::crs {
namespace {

void check_rules(const Config& config, config::Report& report, const document::Node& node) {
  if (config.packaged && !config.rules.empty())
    report.error(node, "both `rules` and `packaged` are given", "one rule set: a folder, or the package's");
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("crs", "Rules in ModSecurity's language, such as the OWASP Core Rule Set.")
          .field("rules", &Config::rules,
                 {.doc = "Folder of the rule set, with `crs-setup.conf` (or `.example`) and `rules/*.conf`. Without "
                         "this and `packaged` the control does nothing.",
                  .example = "/opt/coreruleset-4"})
          .field("packaged", &Config::packaged,
                 {.doc = "The Core Rule Set of Debian's package modsecurity-crs, with /etc/modsecurity/crs."})
          .field("before", &Config::before,
                 {.doc = "Files read behind `crs-setup.conf` and before the rules: settings, exclusions for single "
                         "requests. May be patterns.",
                  .example = "exclusions/before-*.conf",
                  .one_or_many = true})
          .field("after", &Config::after,
                 {.doc = "Files read behind the rules: `SecRuleRemoveById`, `SecRuleUpdateTargetById` and the like.",
                  .example = "exclusions/after.conf",
                  .one_or_many = true})
          .field("paranoia", &Config::paranoia, {.doc = "Paranoia level of the Core Rule Set.", .min = "1", .max = "4"})
          .field("inbound_threshold", &Config::inbound_threshold,
                 {.doc = "Anomaly score at which a request is denied. A critical rule counts 5.", .min = "1"})
          .field("outbound_threshold", &Config::outbound_threshold,
                 {.doc = "Anomaly score at which an answer is held back. An error counts 4.", .min = "1"})
          .field("responses", &Config::responses, {.doc = "Look at answers too: texts, HTML, XML and JSON."})
          .field("max_body", &Config::max_body,
                 {.doc = "Longest request body; more is answered with 413.", .min = "1KiB", .max = "64KiB"})
          .field("max_response", &Config::max_response,
                 {.doc = "Longest answer that is looked at. Longer ones pass and are counted as uninspected.",
                  .min = "1KiB",
                  .max = "64KiB"})
          .field(
              "cache", &Config::cache,
              {.doc = "Folder in which compiled rules are kept, so that the next start is quick. Without it they are "
                      "compiled each time.",
               .example = "data/rules"})
          .check(check_rules);
  return table;
}

}  // namespace sallyport::controls::crs
