#include "settings/upstream.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace sallyport::settings {
namespace {

// A token of RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

void check_health(const HealthCheck& health, config::Report& report, const document::Node& at) {
  const bool clean = std::ranges::all_of(health.path, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!health.path.starts_with('/') || !clean) {
    report.error(at, "the path of a health check begins with `/`, without spaces", "path: /healthz");
  }
  if (health.expect != 0 && (health.expect < 200 || health.expect > 599)) {
    report.error(at, "`expect` is a status of HTTP, from 200 to 599");
  }
}

void check_canary(const Canary& canary, config::Report& report, const document::Node& at) {
  if (canary.share == 0 && canary.header.empty()) {
    report.error(at, "nobody would come to the canary", "share: 5, or header: 'X-Canary: yes'");
  }
  const std::size_t colon = canary.header.find(':');
  if (!canary.header.empty() && !is_token(std::string_view(canary.header).substr(0, colon))) {
    report.error(at, "`header` is a name, or a name and its value", "header: 'X-Canary: yes'");
  }
}

void check_upstream(const Upstream& upstream, config::Report& report, const document::Node& at) {
  const std::string_view by = upstream.hash_by;
  const bool named =
      (by.starts_with("header:") && is_token(by.substr(7))) || (by.starts_with("cookie:") && is_token(by.substr(7)));
  if (by != "client" && !named) {
    report.error(at, "`hash_by` is `client`, `header:NAME` or `cookie:NAME`", "hash_by: 'header:X-Tenant'");
  }
  if (upstream.certificate.empty() != upstream.key.empty()) {
    report.error(at, "`certificate` and `key` belong together");
  }
}

}  // namespace

const config::Table<Target>& config_table(const Target*) {
  static const auto table =
      config::Table<Target>("target", "One server, or all that its name stands for.")
          .field("url", &Target::url,
                 {.doc = "Scheme, host and port. Each address of a host name is a target of its own.",
                  .required = true,
                  .example = "https://orders.internal:8443"})
          .field("weight", &Target::weight,
                 {.doc = "Its part of the calls, compared with the others.", .min = "1", .max = "1000"})
          .field("zone", &Target::zone, {.doc = "Where it stands.", .example = "eu-1a"})
          .shorthand("url");
  return table;
}

const config::Table<Breaker>& config_table(const Breaker*) {
  static const auto table =
      config::Table<Breaker>("breaker",
                             "Keeps calls from a target that fails: one that cannot be reached, breaks off, does not "
                             "answer in time, breaks HTTP's rules, or answers 502, 503 or 504.")
          .field("failures", &Breaker::failures,
                 {.doc = "In a row, until calls are kept from it; 0: never.", .max = "10000"})
          .field("window", &Breaker::window,
                 {.doc = "A failure this long after the one before counts anew.", .min = "100ms", .max = "1h"})
          .field("open", &Breaker::open,
                 {.doc = "Until one call may try it again; twice as long each time that fails.",
                  .min = "100ms",
                  .max = "1h"})
          .field("longest", &Breaker::longest, {.doc = "The longest of these times.", .min = "100ms", .max = "24h"})
          .field("share", &Breaker::share,
                 {.doc = "Percent of the targets that may be kept from calls for their failures at a time. Below 100 "
                         "the last one is always asked; with 100 its calls are answered with 503 at once.",
                  .max = "100"});
  return table;
}

const config::Table<Retry>& config_table(const Retry*) {
  static const auto table =
      config::Table<Retry>("retry",
                           "Another target is asked when one cannot be reached or says that it did nothing; and, for "
                           "idempotent methods, when it breaks off before it answers.")
          .field("attempts", &Retry::attempts, {.doc = "Further targets asked for one call.", .max = "3"})
          .field(
              "budget", &Retry::budget,
              {.doc = "Percent of the calls that may be sent again though the first target had them.", .max = "100"});
  return table;
}

const config::Table<UpstreamLimits>& config_table(const UpstreamLimits*) {
  static const auto table =
      config::Table<UpstreamLimits>("upstream_limits", "How much one target is asked at a time.")
          .field("calls", &UpstreamLimits::calls,
                 {.doc = "Calls, and so connections of HTTP/1.1, at a time to one target, of all cores; 0: any number.",
                  .max = "1000000"})
          .field("waiting", &UpstreamLimits::waiting,
                 {.doc = "Calls of one core that may wait while all targets are at that limit; others are answered "
                         "with 503.",
                  .max = "100000"})
          .field("wait", &UpstreamLimits::wait, {.doc = "How long they wait; then 503.", .max = "1m"});
  return table;
}

const config::Table<HealthCheck>& config_table(const HealthCheck*) {
  static const auto table =
      config::Table<HealthCheck>("health", "Asks each target now and then, and keeps calls from one that fails.")
          .field("path", &HealthCheck::path,
                 {.doc = "What is asked for, by GET. With `protocol: h2`, `/grpc.health.v1.Health/Check` asks by "
                         "gRPC's health "
                         "protocol, and SERVING is the good answer.",
                  .required = true,
                  .example = "/healthz"})
          .field("interval", &HealthCheck::interval, {.doc = "Between two checks.", .min = "100ms", .max = "1h"})
          .field("timeout", &HealthCheck::timeout, {.doc = "For the answer.", .min = "10ms", .max = "1m"})
          .field("healthy", &HealthCheck::healthy,
                 {.doc = "Good checks in a row until calls go to it again.", .min = "1", .max = "100"})
          .field("unhealthy", &HealthCheck::unhealthy,
                 {.doc = "Bad checks in a row until calls are kept from it.", .min = "1", .max = "100"})
          .field("expect", &HealthCheck::expect,
                 {.doc = "The status of a good answer; 0: any from 200 to 399.", .max = "599"})
          .shorthand("path")
          .check(check_health);
  return table;
}

const config::Table<Canary>& config_table(const Canary*) {
  static const auto table =
      config::Table<Canary>("canary",
                            "A new version of the API that some of the calls go to. When none of its targets takes "
                            "calls, they go to the others.")
          .field("targets", &Canary::targets, {.doc = "Its targets.", .required = true, .one_or_many = true})
          .field("share", &Canary::share,
                 {.doc = "Percent of the calls. With `balance: hash` the same callers are chosen each time.",
                  .max = "100"})
          .field(
              "header", &Canary::header,
              {.doc = "Calls that bring this field go there: a name, or name and value.", .example = "X-Canary: yes"})
          .check(check_canary);
  return table;
}

const config::Table<Mirror>& config_table(const Mirror*) {
  static const auto table =
      config::Table<Mirror>("mirror",
                            "Copies of calls go to a shadow as well, with all that is in them, credentials too; its "
                            "answers are dropped. No call waits for it.")
          .field("target", &Mirror::target,
                 {.doc = "URL of the shadow, which speaks HTTP/1.1.",
                  .required = true,
                  .example = "http://shadow.internal:8080"})
          .field("share", &Mirror::share, {.doc = "Percent of the calls.", .min = "1", .max = "100"})
          .field("body", &Mirror::body, {.doc = "Calls with a longer body are not copied.", .max = "64KiB"})
          .shorthand("target");
  return table;
}

const config::Table<Upstream>& config_table(const Upstream*) {
  static const auto table =
      config::Table<Upstream>("upstream", "The API behind the gateway.")
          .field("targets", &Upstream::targets,
                 {.doc = "The servers it runs on; a URL stands for `{ url: … }`.",
                  .required = true,
                  .example = "https://orders.internal:8443",
                  .min = "1",
                  .max = "64",
                  .one_or_many = true})
          .field("protocol", &Upstream::protocol, {.doc = "What its targets speak. gRPC needs `h2`."})
          .field("balance", &Upstream::balance, {.doc = "Which target takes a call."})
          .field("hash_by", &Upstream::hash_by,
                 {.doc = "For `balance: hash`: `client` (its address), `header:NAME` or `cookie:NAME`. Calls without "
                         "it go by the client's address."})
          .field("zone", &Upstream::zone,
                 {.doc = "The gateway's own. Targets of this zone are preferred while at least half of them take "
                         "calls.",
                  .example = "eu-1a"})
          .field("resolve", &Upstream::resolve,
                 {.doc = "How often host names are looked up again. When that fails the last addresses stay.",
                  .min = "1s",
                  .max = "1h"})
          .field("connect_timeout", &Upstream::connect_timeout,
                 {.doc = "Until a connection stands.", .min = "10ms", .max = "5m"})
          .field("timeout", &Upstream::timeout,
                 {.doc = "Between two signs of life of the API.", .min = "10ms", .max = "1h"})
          .field("breaker", &Upstream::breaker, {.doc = "Keeps calls from targets that fail."})
          .field("retry", &Upstream::retry, {.doc = "When another target is asked."})
          .field("limits", &Upstream::limits, {.doc = "How much one target is asked at a time."})
          .field("health", &Upstream::health, {.doc = "Checks of each target. Without it there are none."})
          .field("slow_start", &Upstream::slow_start,
                 {.doc = "A target that comes back, or is new, gets a tenth of its share at first and all of it after "
                         "this time.",
                  .max = "1h"})
          .field("canary", &Upstream::canary, {.doc = "A new version for some of the calls."})
          .field("mirror", &Upstream::mirror, {.doc = "A shadow that gets copies of calls."})
          .field("ca", &Upstream::ca,
                 {.doc = "PEM file of the authorities that its certificate is verified with; else the system's.",
                  .existing = true})
          .field("certificate", &Upstream::certificate,
                 {.doc = "PEM file of the certificate to show where a target asks for one, then its intermediates.",
                  .example = "certs/gateway.pem",
                  .existing = true})
          .field("key", &Upstream::key, {.doc = "The private key of that certificate, PEM; a file of mode 0600."})
          .field("preserve_host", &Upstream::preserve_host, {.doc = "Send the client's Host; otherwise the target's."})
          .shorthand("targets")
          .check(check_upstream);
  return table;
}

}  // namespace sallyport::settings
