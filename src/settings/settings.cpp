#include "settings/settings.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "controls/registry.hpp"

namespace sallyport::settings {
namespace {

std::vector<const config::AnyTable*> control_tables() {
  std::vector<const config::AnyTable*> tables;
  for (const engine::Descriptor& control : controls::registry()) tables.push_back(&control.table());
  return tables;
}

void check_root(const Root& root, config::Report& report, const document::Node& at) {
  if (root.version != 1) report.error(at, "this program reads version 1", "version: 1");
  std::map<std::string, int> names;
  for (const Api& api : root.apis) {
    if (++names[api.name] == 2) report.error(at, "two APIs are named `" + api.name + "`");
  }
  std::map<std::string, int> addresses;
  for (const Listen& listen : root.listen) {
    const std::string address = config::format_endpoint(listen.address);
    if (listen.address.port != 0 && ++addresses[address] == 2) report.error(at, "two listeners at " + address);
  }
}

void check_api(const Api& api, config::Report& report, const document::Node& at) {
  if (api.websocket && api.upstream.protocol != Protocol::http1) {
    report.error(at, "WebSockets go to the API by HTTP/1.1", "upstream: { protocol: http1 }");
  }
  if (api.grpc_web && api.upstream.protocol != Protocol::h2) {
    report.error(at, "`grpc_web` is translated to gRPC, which needs HTTP/2", "upstream: { protocol: h2 }");
  }
}

void check_redis(const Redis& redis, config::Report& report, const document::Node& at) {
  if ((redis.kind == Redis::Kind::sentinel) == redis.master.empty()) {
    report.error(at, "`master` belongs to `kind: sentinel`, and that needs it", "kind: sentinel, master: mymaster");
  }
  if (redis.kind == Redis::Kind::cluster && redis.database != 0) {
    report.error(at, "a cluster has no database but 0", "remove `database`");
  }
  if (!redis.ca.empty() && !redis.tls) report.error(at, "`ca` without `tls: true` verifies nothing", "tls: true");
  if (redis.password.empty()) {
    report.warning(at, "no `password`: whoever reaches Redis can change what limits count");
  }
}

void check_out(const Out& out, config::Report& report, const document::Node& at) {
  const bool plain = !out.name.empty() && out.name.size() <= 64 && std::ranges::all_of(out.name, [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
  });
  if (!plain) report.error(at, "a name is made of letters, digits, `-` and `_`");
  const int ways = (out.file.empty() ? 0 : 1) + (out.syslog.empty() ? 0 : 1) + (out.webhook.empty() ? 0 : 1);
  if (ways != 1) report.error(at, "one of `file`, `syslog` and `webhook` says where events go");
  const bool over_tls = out.syslog.starts_with("tls://") || out.webhook.starts_with("https://");
  if (!out.syslog.empty()) {
    if (!over_tls && !out.syslog.starts_with("tcp://"))
      report.error(at, "a syslog server is tls://host:port or tcp://host:port");
    if (!over_tls) report.warning(at, "events go to the syslog server without TLS");
  }
  if (!out.webhook.empty()) {
    const auto local = [&](std::string_view host) {
      return out.webhook.starts_with("http://" + std::string(host) + ":") ||
             out.webhook.starts_with("http://" + std::string(host) + "/");
    };
    if (!over_tls && !local("127.0.0.1") && !local("localhost") && !local("[::1]")) {
      report.error(at, "a webhook on another machine is called over https");
    }
  } else if (!out.secret.empty()) {
    report.error(at, "only a webhook has a `secret`");
  }
  if (!out.ca.empty() && !over_tls) report.error(at, "`ca` is for TLS: tls:// or https://");
}

void check_events(const Events& events, config::Report& report, const document::Node& at) {
  std::map<std::string, int> names;
  for (const Out& out : events.out) {
    if (++names[out.name] == 2) report.error(at, "two outlets are named `" + out.name + "`");
  }
}

void check_store(const Store& store, config::Report& report, const document::Node& at) {
  if (store.postgres.empty()) {
    if (!store.password.empty()) report.error(at, "a password without `postgres`: SQLite has none");
    return;
  }
  const std::string_view url = store.postgres;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || (!url.starts_with("postgres://") && !url.starts_with("postgresql://"))) {
    report.error(at, "the address of a PostgreSQL database is postgres://user@host:5432/name");
    return;
  }
  // user:password@host, or ?password=… (CWE-522): a configuration file is read by many.
  const std::string_view authority = url.substr(scheme + 3, url.find_first_of("/?", scheme + 3) - scheme - 3);
  const std::size_t end = authority.rfind('@');
  const bool inside = end != std::string_view::npos && authority.substr(0, end).contains(':');
  if (inside || url.contains("password=")) {
    report.error(at, "a password in the address of the database", "password: { file: … }, a file of mode 0600");
  }
}

void check_admin(const Admin& admin, config::Report& report, const document::Node& at) {
  const Address& address = admin.address.address;
  const bool loopback = admin.address.is_unix() ||
                        (address.is_v4() ? address.bytes[12] == 127
                                         : address == Address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}});
  if (!loopback) {
    report.error(at, "the admin page is served on this machine only",
                 "address: 127.0.0.1:9443, and reach it by ssh -L");
  }
}

}  // namespace

const config::Table<Api>& config_table(const Api*) {
  static const auto table =
      config::Table<Api>("apis", "One API: what it claims, what stands behind it, and what its controls do.")
          .field("name", &Api::name, {.doc = "Names it in events, metrics and on the dashboard.", .required = true})
          .field("hosts", &Api::hosts,
                 {.doc = "Host names; `*.example.com` and `*` are patterns.",
                  .required = true,
                  .example = "api.example.com",
                  .one_or_many = true})
          .field("spec", &Api::spec,
                 {.doc = "OpenAPI 3.0, 3.1 or Swagger 2.0. Without one everything under `base_path` is forwarded.",
                  .example = "specs/orders.yaml",
                  .existing = true})
          .field("base_path", &Api::base_path,
                 {.doc = "Where it is mounted; empty: as its specification's servers say, or `/`.", .example = "/v1"})
          .field("upstream", &Api::upstream, {.doc = "Where calls are forwarded to.", .required = true})
          .field("owner", &Api::owner, {.doc = "Who answers for it.", .example = "payments-team"})
          .field("purpose", &Api::purpose, {.doc = "What it is for."})
          .field("data_class", &Api::data_class, {.doc = "The class of its data.", .example = "pci"})
          .field("stage", &Api::stage, {.doc = "Where it stands in its life."})
          .field("max_body", &Api::max_body, {.doc = "Longest request body; more is answered with 413.", .max = "1TiB"})
          .field("path_parameters", &Api::path_parameters,
                 {.doc = "Accept `;` in paths. Some back-ends cut segments there: rules that deny match without what "
                         "follows it."})
          .field("encoded_slash", &Api::encoded_slash,
                 {.doc = "Accept %2F within segments. Some back-ends take it for a slash."})
          .field("websocket", &Api::websocket, {.doc = "Where WebSockets may be opened; without it, nowhere."})
          .field("grpc_web", &Api::grpc_web,
                 {.doc = "Translate gRPC-Web, as browsers speak it, to gRPC. Needs `upstream: { protocol: h2 }`."})
          .check(check_api)
          .open(&Api::controls, control_tables);
  return table;
}

const config::Table<Defaults>& config_table(const Defaults*) {
  static const auto table =
      config::Table<Defaults>("defaults",
                              "Sections of controls for APIs that have none of their own, for connections, "
                              "and for calls that no API claims.")
          .open(&Defaults::controls, control_tables);
  return table;
}

const config::Table<Out>& config_table(const Out*) {
  static const auto table =
      config::Table<Out>("out",
                         "Where else events go: at least once, in order, from the event log and never on the path of "
                         "a call.")
          .field("name", &Out::name, {.doc = "Letters, digits, `-` and `_`.", .required = true, .example = "siem"})
          .field("format", &Out::format, {.doc = "In whose words."})
          .field("file", &Out::file, {.doc = "A file to append lines to.", .example = "/var/log/sallyport/ocsf.jsonl"})
          .field("syslog", &Out::syslog,
                 {.doc = "A server of RFC 5424 messages, counted by octets.", .example = "tls://siem.internal:6514"})
          .field("webhook", &Out::webhook,
                 {.doc = "Gets lines by POST and answers with 2xx.", .example = "https://hooks.internal/sallyport"})
          .field("ca", &Out::ca,
                 {.doc = "PEM file of the authorities that its certificate is verified with; else the system's.",
                  .existing = true})
          .field("secret", &Out::secret, {.doc = "Key of the webhook's signature: HMAC-SHA256 in Sallyport-Signature."})
          .check(check_out);
  return table;
}

const config::Table<Events>& config_table(const Events*) {
  static const auto table =
      config::Table<Events>("events", "The event log: one JSON line for each call.")
          .field("directory", &Events::directory,
                 {.doc = "Where segments, rings and keys are kept; made with mode 0700."})
          .field("ring", &Events::ring, {.doc = "Memory-mapped buffer of each core.", .min = "128KiB", .max = "1GiB"})
          .field("segment", &Events::segment,
                 {.doc = "Size at which a new file is begun.", .min = "64KiB", .max = "16GiB"})
          .field("segment_age", &Events::segment_age, {.doc = "Age at which a new file is begun.", .min = "1s"})
          .field("keep", &Events::keep,
                 {.doc = "All files together; the oldest are deleted beyond it.", .min = "64KiB"})
          .field("keep_for", &Events::keep_for, {.doc = "Age beyond which files are deleted.", .min = "1m"})
          .field("sync", &Events::sync,
                 {.doc = "Longest time until a line is on disk also after a power cut; 0: each batch."})
          .field("redact", &Events::redact,
                 {.doc = "Further names whose values are never recorded.", .example = "customer_note"})
          .field("out", &Events::out, {.doc = "Where else events go."})
          .check(check_events);
  return table;
}

const config::Table<Admin>& config_table(const Admin*) {
  static const auto table = config::Table<Admin>("admin", "Dashboard, metrics and health, on this machine only.")
                                .field("address", &Admin::address,
                                       {.doc = "IP address and port.", .required = true, .example = "127.0.0.1:9443"})
                                .check(check_admin);
  return table;
}

const config::Table<Store>& config_table(const Store*) {
  static const auto table =
      config::Table<Store>("store",
                           "Where the inventory, the audit log and counts over time are kept: a SQLite file in `data` "
                           "unless a PostgreSQL database is named.")
          .field("postgres", &Store::postgres,
                 {.doc = "Its address, without a password. The tables are made at the first start.",
                  .example = "postgres://sallyport@db.internal/sallyport?sslmode=verify-full"})
          .field("password", &Store::password, {.doc = "The password of that user."})
          .shorthand("postgres")
          .check(check_store);
  return table;
}

const config::Table<Memory>& config_table(const Memory*) {
  static const auto table =
      config::Table<Memory>("memory", "Counters in this node's memory.")
          .field("budget", &Memory::budget,
                 {.doc = "Bytes for the counters of all limits, fixed until the program ends. When "
                         "they are used up, the counters furthest from their limit are forgotten.",
                  .min = "64KiB",
                  .max = "64GiB"});
  return table;
}

const config::Table<Redis>& config_table(const Redis*) {
  static const auto table =
      config::Table<Redis>("redis", "Counters that nodes share, in Redis 6.2 or later.")
          .field("servers", &Redis::servers,
                 {.doc = "Host and port; what they are says `kind`.",
                  .required = true,
                  .example = "redis.internal:6379",
                  .min = "1",
                  .max = "16",
                  .one_or_many = true})
          .field("kind", &Redis::kind, {.doc = "How Redis is run."})
          .field("master", &Redis::master, {.doc = "With sentinels: the name of the master.", .example = "mymaster"})
          .field("tls", &Redis::tls, {.doc = "Connect with TLS; certificates are verified."})
          .field("ca", &Redis::ca, {.doc = "PEM file of the authorities to trust instead of the system's."})
          .field("username", &Redis::username, {.doc = "User of Redis' ACL.", .example = "sallyport"})
          .field("password", &Redis::password, {.doc = "Also makes the names of counters hard to guess."})
          .field("database", &Redis::database, {.doc = "Number of the database; a cluster has 0 only.", .max = "1000"})
          .field("prefix", &Redis::prefix, {.doc = "Start of every key.", .max = "64"})
          .field("budget", &Redis::budget,
                 {.doc = "Longest that a call waits for an answer; then `on_store_error` of the limit holds.",
                  .min = "1ms",
                  .max = "1s"})
          .shorthand("servers")
          .check(check_redis);
  return table;
}

const config::Table<Shared>& config_table(const Shared*) {
  static const auto table =
      config::Table<Shared>("shared", "State that calls have in common: counters of limits.")
          .field("memory", &Shared::memory, {.doc = "Counters in this node's memory."})
          .field("redis", &Shared::redis,
                 {.doc = "Counters of all nodes together. Without it each node counts for itself."});
  return table;
}

const config::Table<Root>& config_table(const Root*) {
  static const auto table =
      config::Table<Root>("sallyport", "The configuration of a gateway. `include` takes further files.")
          .field("version", &Root::version, {.doc = "Version of this format: 1.", .required = true})
          .field("listen", &Root::listen, {.doc = "Where clients connect.", .required = true, .min = "1"})
          .field("apis", &Root::apis, {.doc = "The APIs behind the gateway."})
          .field("defaults", &Root::defaults, {.doc = "Controls of APIs that say nothing of their own."})
          .field("events", &Root::events, {.doc = "The event log."})
          .field("store", &Root::store, {.doc = "Where the inventory and the audit log are kept."})
          .field("shared", &Root::shared, {.doc = "State that calls have in common: counters of limits."})
          .field("admin", &Root::admin, {.doc = "Dashboard, metrics and health. Without it there are none."})
          .field("data", &Root::data, {.doc = "Where the admin password's hash and the control socket are kept."})
          .field("workers", &Root::workers, {.doc = "Threads of the data plane; 0: one a core.", .max = "256"})
          .field("drain", &Root::drain, {.doc = "How long calls may take to end at shutdown.", .max = "1h"})
          .check(check_root);
  return table;
}

}  // namespace sallyport::settings
