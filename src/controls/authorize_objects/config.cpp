#include "controls/authorize_objects/config.hpp"

#include "controls/authorize_objects/field_path.hpp"
#include "controls/authorize_objects/identity.hpp"

namespace sallyport::controls::authorize_objects {
namespace {

void check_check(const Check& check, config::Report& report, const document::Node& at) {
  const int places = (check.path.empty() ? 0 : 1) + (check.body.empty() ? 0 : 1) + (check.response.empty() ? 0 : 1);
  if (places != 1) report.error(at, "a check looks at one place", "give one of path, body and response");
  for (const std::string& field : {check.body, check.response}) {
    if (field.empty()) continue;
    if (const auto path = FieldPath::parse(field); !path) report.error(at, path.error().message, path.error().hint);
  }
  if (!Identity::parse(check.is)) {
    report.error(at, "`" + check.is + "` is nothing that is known of a caller",
                 "subject, tenant, client or claim:NAME");
  }
}

}  // namespace

const config::Table<Check>& config_table(const Check*) {
  static const auto table =
      config::Table<Check>("object_check", "What stands at one place of the call must be the caller's.")
          .field("path", &Check::path, {.doc = "A variable of the path template.", .example = "user_id"})
          .field("body", &Check::body,
                 {.doc = "A field of the request's JSON body; `[]` stands for every element of a list.",
                  .example = "order.customer_id"})
          .field("response", &Check::response,
                 {.doc = "A field of the JSON answer, likewise.", .example = "items[].customer_id"})
          .field("is", &Check::is,
                 {.doc = "What it must equal: `subject`, `tenant`, `client`, or `claim:NAME` of the token.",
                  .example = "tenant"})
          .field("optional", &Check::optional, {.doc = "A field that is not there will do."})
          .check(check_check);
  return table;
}

const config::Table<Rule>& config_table(const Rule*) {
  static const auto table =
      config::Table<Rule>("object_rule", "Whose objects the calls that it is about may touch.")
          .flatten(&Rule::calls)
          .field("checks", &Rule::checks, {.doc = "All of them must hold.", .required = true, .min = "1", .max = "20"})
          .field("unless_roles", &Rule::unless_roles,
                 {.doc = "Callers with one of these roles are not asked.", .example = "support", .one_or_many = true})
          .check([](const Rule& rule, config::Report& report, const document::Node& at) {
            if (rule.calls.empty()) report.error(at, "the rule names no calls", "operations, tags, methods or paths");
          });
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("authorize_objects",
                            "Callers reach their own objects only: owners and tenants are compared in the request, and "
                            "in the answer before a byte of it leaves.")
          .field("rules", &Config::rules, {.doc = "All rules about a call apply.", .max = "1000"})
          .field("hide", &Config::hide,
                 {.doc = "Another's object answers 404, as one that does not exist; otherwise 403."})
          .shorthand("rules");
  return table;
}

}  // namespace sallyport::controls::authorize_objects
