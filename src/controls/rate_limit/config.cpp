#include "controls/rate_limit/config.hpp"

#include <algorithm>

#include "controls/access/path_pattern.hpp"
#include "http/characters.hpp"

namespace sallyport::controls::rate_limit {
namespace {

void check_rule(const Rule& rule, config::Report& report, const document::Node& at) {
  const bool plain = !rule.name.empty() && std::ranges::all_of(rule.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!plain) report.error(at, "`" + rule.name + "` is no name for a limit", "letters, digits, `_` and `-`");
  if (rule.limit.off() == (rule.concurrent == 0)) {
    report.error(at, "a limit needs either `limit` or `concurrent`", "limit: 100/m");
  }
  if (rule.burst != 0 && (rule.limit.off() || rule.limit.period)) {
    report.error(at, "`burst` needs a `limit` over a length of time", "limit: 100/s");
  }
  for (const std::string& path : rule.paths) {
    if (const auto pattern = access::PathPattern::compile(path); !pattern) {
      report.error(at, "`" + path + "`: " + pattern.error().message, pattern.error().hint);
    }
  }
  for (const std::string& method : rule.methods) {
    const bool token = !method.empty() && http::all(method, http::character::tchar);
    if (!token || std::ranges::any_of(method, [](char c) { return c >= 'a' && c <= 'z'; })) {
      report.error(at, "`" + method + "` is no method", "methods are written in upper case: GET");
    }
  }
}

}  // namespace

const config::Table<Rule>& config_table(const Rule*) {
  static const auto table =
      config::Table<Rule>("rate_limit_rule", "Limits the calls that everything it names matches.")
          .field("name", &Rule::name,
                 {.doc = "Stands in events and in RateLimit fields.",
                  .required = true,
                  .example = "per_client",
                  .max = "64"})
          .field("by", &Rule::by,
                 {.doc = "What is counted; several together. What a caller does not have is replaced by its address.",
                  .required = true,
                  .example = "user",
                  .min = "1",
                  .max = "4",
                  .one_or_many = true})
          .field("limit", &Rule::limit,
                 {.doc = "How much within how long; `day` and `month` are calendar periods.", .example = "100/m"})
          .field("concurrent", &Rule::concurrent, {.doc = "Calls at once, instead of `limit`.", .max = "1000000"})
          .field("burst", &Rule::burst,
                 {.doc = "Makes `limit` a token bucket that holds so many: a steady rate with bursts.",
                  .max = "1000000000"})
          .field("cost", &Rule::cost, {.doc = "Units that one call takes.", .min = "1", .max = "1000000"})
          .field("time_zone", &Rule::time_zone, {.doc = "Where days and months end.", .example = "Europe/Berlin"})
          .field("on_store_error", &Rule::on_store_error,
                 {.doc = "When nodes share counters (`shared.redis`) and the store does not answer in time."})
          .field("classes", &Rule::classes, {.doc = "Only operations of these classes.", .one_or_many = true})
          .field("methods", &Rule::methods, {.doc = "Only these methods.", .example = "POST", .one_or_many = true})
          .field("paths", &Rule::paths,
                 {.doc = "Only these paths: `*` is one segment, `**` at the end is this path and everything below.",
                  .example = "/search/**",
                  .one_or_many = true})
          .field("operations", &Rule::operations,
                 {.doc = "Only these operations: operationId, or method and path template.",
                  .example = "exportOrders",
                  .one_or_many = true})
          .check(check_rule);
  return table;
}

const config::Table<ClassLimits>& config_table(const ClassLimits*) {
  static const auto table =
      config::Table<ClassLimits>("rate_limit_classes", "Limits by the class of the operation; `off` for none.")
          .field("login", &ClassLimits::login,
                 {.doc = "For each user, once one is known. By address: `address_limit`."})
          .field("export", &ClassLimits::exports, {.doc = "For each token; for each address without one."})
          .field("batch", &ClassLimits::batch, {.doc = "For each token; for each address without one."})
          .field("data", &ClassLimits::data, {.doc = "For each token. Calls without one are not counted."});
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("rate_limit", "Limits how often and how much callers may call.")
          .field("rules", &Config::rules,
                 {.doc = "Further limits. All that apply to a call are charged together, or none is.", .max = "7"})
          .field("limits", &Config::limits, {.doc = "The limits of the classes of operations."})
          .field("classes", &Config::classes,
                 {.doc = "Classes of operations, by operationId or method and path template, instead of what "
                         "`sallyport check` infers."})
          .field("ipv6_prefix", &Config::ipv6_prefix,
                 {.doc = "IPv6 addresses with so many equal bits count as one.", .min = "16", .max = "128"})
          .field("announce", &Config::announce, {.doc = "Send RateLimit and RateLimit-Policy with answers."})
          .shorthand("rules");
  return table;
}

}  // namespace sallyport::controls::rate_limit
