#include "node.hpp"
#include "base/random.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <tuple>
#include <utility>

#include "assembly/assembly.hpp"
#include "base/json_text.hpp"
#include "events/key_file.hpp"
#include "gateway/build_snapshot.hpp"
#include "identity/api_key_files.hpp"
#include "identity/introspector.hpp"
#include "identity/key_sources.hpp"
#include "identity/minting_keys.hpp"
#include "open_store.hpp"

namespace sallyport::cli {
namespace {

constexpr std::chrono::seconds first_keys{6};  // the longest wait for keys that are fetched

events::Options log_options(const settings::Events& from) {
  events::Options options;
  options.directory = from.directory.path;
  options.ring_bytes = from.ring.bytes;
  options.segment_bytes = from.segment.bytes;
  options.segment_age = std::chrono::duration_cast<std::chrono::seconds>(from.segment_age);
  options.retention_bytes = from.keep.bytes;
  options.retention_age = std::chrono::duration_cast<std::chrono::seconds>(from.keep_for);
  options.sync = from.sync;
  options.redact = from.redact;
  return options;
}

// Issuers' keys are fetched, files of API keys watched. Issuers whose keys do not come in time are no reason not to
// start: their tokens are refused meanwhile.
bool start_identity(engine::Services& services, config::Report& report) {
  const auto tell = [](const std::string& what) {
    static_cast<void>(std::fprintf(stderr, "sallyport: %s\n", what.c_str()));
  };
  services.part<identity::ApiKeyFiles>().start(tell);
  services.part<identity::Introspectors>().start();
  if (const auto own = services.part<identity::MintingKeys>().start(tell); !own) {
    report.error(own.error());
    return false;
  }
  for (Error& missing : services.part<identity::KeySources>().start(first_keys, tell)) {
    report.warning(std::move(missing));
  }
  return true;
}

// What only a start reads; said at a reload, so that nobody believes it was taken.
void warn_of_restart(const settings::Root& old, const settings::Root& now, config::Report& report) {
  const auto changed = [&](const char* key, bool is) {
    if (is) report.warning(Error{ErrorCode::invalid, "changes at the next start only", key, "restart the gateway"});
  };
  const auto admin_of = [](const settings::Root& root) {
    return root.admin ? config::format_endpoint(root.admin->address) : std::string();
  };
  changed("data", old.data.path != now.data.path);
  changed("workers", old.workers != now.workers);
  changed("admin.address", admin_of(old) != admin_of(now));
  const auto log_of = [](const settings::Events& log) {
    return std::tie(log.directory.path, log.ring.bytes, log.segment.bytes, log.segment_age, log.keep.bytes,
                    log.keep_for, log.sync, log.redact);
  };
  const auto outs_of = [](const settings::Root& root) {
    std::vector<std::string> out;
    for (const settings::Out& one : root.events.out) {
      out.push_back(fmt::format("{} {} {} {} {} {} {}", one.name, static_cast<int>(one.format), one.file.path,
                                one.syslog, one.webhook, one.ca.path, one.secret.reveal()));
    }
    return out;
  };
  changed("events.out", outs_of(old) != outs_of(now));
  const auto store_of = [](const settings::Store& store) { return std::pair(store.postgres, store.password.reveal()); };
  changed("store", store_of(old.store) != store_of(now.store));
  changed("events", log_of(old.events) != log_of(now.events));
}

static_assert(static_cast<int>(settings::OutFormat::cef) == static_cast<int>(outlet::Format::cef) &&
              static_cast<int>(settings::OutFormat::ecs) == static_cast<int>(outlet::Format::ecs) &&
              static_cast<int>(settings::OutFormat::ocsf) == static_cast<int>(outlet::Format::ocsf));

Result<std::unique_ptr<outlet::Sink>> sink_of(const settings::Out& from) {
  if (!from.file.empty()) return outlet::file_sink(from.file.path);
  const auto url = outlet::parse_url(from.syslog.empty() ? from.webhook : from.syslog);
  if (!url) return std::unexpected(url.error());
  outlet::Peer peer{url->host, url->port, url->scheme == "tls" || url->scheme == "https", from.ca.path};
  if (!from.syslog.empty()) {
    if (peer.port == 0) peer.port = peer.tls ? 6514 : 514;  // RFC 5425; tcp by custom
    return outlet::syslog_sink(peer);
  }
  if (peer.port == 0) peer.port = peer.tls ? 443 : 80;
  return outlet::webhook_sink(peer, url->path, std::string(from.secret.reveal()));
}

}  // namespace

std::string control_socket_path(const std::string& data) { return data + "/control.sock"; }

std::unique_ptr<Node> Node::start(const std::string& config_file, config::Report& report) {
  std::unique_ptr<Node> node(new Node);
  node->config_file_ = config_file;
  auto assembled = assembly::load(config_file, 1, node->services_, report);
  if (!assembled) return nullptr;
  const auto snapshot = gateway::build_snapshot(assembled->root, assembled->policy, node->services_, report);
  if (!snapshot) return nullptr;
  if (!start_identity(*node->services_, report)) return nullptr;
  node->root_ = std::move(assembled->root);
  node->started_at_us_ = events::system_now_us();

  const std::size_t workers = node->root_.workers != 0 ? node->root_.workers : gateway::Server::available_cores();
  const auto begin = [&]() -> Result<void> {
    if (auto store = node->start_store(*assembled->policy); !store) return store;
    if (auto log = node->start_log(workers); !log) return log;
    auto server = gateway::Server::start(snapshot, *node->log_, workers);
    if (!server) return std::unexpected(server.error());
    node->server_ = std::move(*server);
    return node->start_admin();
  };
  if (const auto begun = begin(); !begun) {
    report.error(begun.error());
    return nullptr;
  }
  return node;
}

// The inventory with what earlier runs counted. A store that is away at the start is an error: starting with an
// empty inventory would overwrite the counts of before.
Result<void> Node::start_store(const Policy& policy) {
  std::error_code error;
  std::filesystem::create_directories(root_.data.path, error);
  if (error) return fail(ErrorCode::unavailable, "cannot make the data directory: " + error.message(), root_.data.path);
  const std::string key_file = root_.data.path + "/inventory.key";
  SipKey key{};
  const auto text = events::read_or_make(key_file, [&]() -> Result<std::string> {
    if (auto filled = fill_random(key); !filled) return std::unexpected(filled.error());
    return std::string(key.begin(), key.end());
  });
  if (!text) return std::unexpected(text.error());
  if (text->size() != key.size()) return fail(ErrorCode::invalid, "the inventory's key has not 16 bytes", key_file);
  std::ranges::copy(*text, key.begin());

  auto opened = open_store(root_.store, root_.data.path);
  if (!opened) return std::unexpected(std::move(opened.error()));
  store_ = std::move(*opened);
  inventory_ = std::make_unique<inventory::Inventory>(key, started_at_us_);
  loaded(1, policy);
  auto keeper = store::Keeper::open(*store_, *inventory_, {});
  if (!keeper) return std::unexpected(std::move(keeper.error()));
  keeper_ = std::move(*keeper);
  auto audit = store::AuditLog::open(*store_, root_.data.path);
  if (!audit) return std::unexpected(std::move(audit.error()));
  audit_.emplace(std::move(*audit));
  keeper_->start();
  revocations_ = std::make_unique<RevocationBook>(services_->part<shared::Revocations>(), *store_, *audit_);
  if (auto known = revocations_->start(); !known) return known;
  return audit_->append({0, started_at_us_, "sallyport", "start", config_file_, SALLYPORT_VERSION});
}

Result<void> Node::start_log(std::size_t workers) {
  auto log = events::Writer::open(log_options(root_.events), workers);
  if (!log) return std::unexpected(log.error());
  log_ = std::move(*log);
  log_->add_consumer([this](const events::RecordView& record) {
    inventory_->add(record);
    metrics_.count(record);
  });
  log_->start();
  return start_outlets();
}

Result<void> Node::start_outlets() {
  for (const settings::Out& from : root_.events.out) {
    outlet::OutletOptions options;
    options.name = from.name;
    options.directory = root_.events.directory.path;
    options.format = static_cast<outlet::Format>(from.format);  // the same words in the same order
    auto sink = sink_of(from);
    if (!sink) return std::unexpected(std::move(sink.error()));
    auto made = outlet::Outlet::open(options, std::move(*sink));
    if (!made) return std::unexpected(std::move(made.error()));
    outlets_.push_back(std::move(*made));
    outlets_.back()->start();
  }
  return {};
}

Result<void> Node::start_admin() {
  add_metrics();
  admin::Options options;
  if (root_.admin) options.address = root_.admin->address;
  options.password_file = root_.data.path + "/admin.password";
  options.socket_path = control_socket_path(root_.data.path);
  auto admin = admin::Server::start(std::move(options), sources());
  if (!admin) return std::unexpected(admin.error());
  admin_ = std::move(*admin);
  return {};
}

admin::Sources Node::sources() {
  return {
      .inventory = *inventory_,
      .metrics = metrics_,
      .config =
          [this] {
            const State now = state();
            return admin::ConfigState{config_file_, now.generation, now.loaded_at_us};
          },
      .connections = [this] { return server_->totals().connections; },
      .log = [this] { return log_->stats(); },
      .unready = [this] { return stopping_ ? std::vector<std::string>{"stopping"} : std::vector<std::string>{}; },
      .unseal = [this](const CallId& call, std::string_view key,
                       std::string_view sealed) { return log_->sealer().unseal(call, key, sealed); },
      .reload = [this]() -> Result<std::string> {
        config::Report report;
        const bool done = reload(report);
        note({0, events::system_now_us(), "control socket", "reload", config_file_, done ? "done" : "refused"});
        if (done) return report.text() + "reloaded\n";
        return fail(ErrorCode::invalid, report.text() + "nothing was changed");
      },
      .status = [this] { return status_json(); },
      .own_keys = [this] { return services_->part<identity::MintingKeys>().jwks(); },
      .revoke = [this](const admin::RevokeOrder& order) { return revocations_->revoke(order); },
      .revocations = [this] { return revocations_->json(); },
      .store = store_.get(),
      .audit = &*audit_,
  };
}

void Node::add_metrics() {
  events::add_writer_metrics(metrics_, *log_);
  const auto total = [this](std::uint64_t gateway::ServerTotals::* member) {
    return [this, member] { return static_cast<double>(server_->totals().*member); };
  };
  using Totals = gateway::ServerTotals;
  metrics_.add_gauge("sallyport_connections", "Client connections open now.", total(&Totals::connections));
  metrics_.add_counter("sallyport_connections_accepted_total", "Client connections accepted.",
                       total(&Totals::accepted));
  metrics_.add_counter("sallyport_connections_over_limit_total", "Client connections refused by limits.connections.",
                       total(&Totals::over_limit));
  metrics_.add_counter("sallyport_tls_handshake_failures_total", "TLS handshakes that failed.",
                       total(&Totals::handshake_failures));
  metrics_.add_counter("sallyport_upstream_connects_total", "Connections opened to upstreams.",
                       total(&Totals::upstream_connects));
  metrics_.add_counter("sallyport_upstream_reuses_total", "Calls sent on a kept upstream connection.",
                       total(&Totals::upstream_reuses));
  metrics_.add_counter("sallyport_mirrored_total", "Copies of calls that a shadow answered.", total(&Totals::mirrored));
  metrics_.add_counter("sallyport_not_mirrored_total", "Calls of which no copy reached its shadow.",
                       total(&Totals::not_mirrored));
  add_target_metrics();
  metrics_.add_counter("sallyport_store_asks_total", "Questions to the counters that nodes share.",
                       total(&Totals::store_asks));
  metrics_.add_counter("sallyport_store_unanswered_total", "Of them, those that were not answered in time.",
                       total(&Totals::store_unanswered));
  metrics_.add_gauge("sallyport_revocations", "Tokens, users, sessions and keys that are revoked.", [this] {
    return static_cast<double>(services_->part<shared::Revocations>().all(events::system_now_us() / 1'000'000).size());
  });
  metrics_.add_counter("sallyport_internal_errors_total", "Calls that ended by an error of the gateway itself.",
                       total(&Totals::internal_errors));
  const auto of_outlets = [this](std::uint64_t outlet::OutletStats::* member) {
    return [this, member] {
      std::uint64_t sum = 0;
      for (const auto& one : outlets_) sum += one->stats().*member;
      return static_cast<double>(sum);
    };
  };
  metrics_.add_counter("sallyport_outlet_events_total", "Events that other systems took.",
                       of_outlets(&outlet::OutletStats::delivered));
  metrics_.add_counter("sallyport_outlet_failures_total", "Batches of events that other systems did not take at once.",
                       of_outlets(&outlet::OutletStats::failures));
  metrics_.add_counter("sallyport_outlet_missed_total", "Segments removed before other systems had taken them.",
                       of_outlets(&outlet::OutletStats::missed));
  metrics_.add_gauge("sallyport_config_generation", "Configurations taken since the start.",
                     [this] { return static_cast<double>(state().generation); });
  metrics_.add_gauge("sallyport_config_loaded_timestamp_seconds", "When the configuration in use was taken.",
                     [this] { return static_cast<double>(state().loaded_at_us) / 1e6; });
}

Node::~Node() { stop(); }

bool Node::reload(config::Report& report) {
  const std::lock_guard lock(reloading_);
  if (stopping_) {
    report.error(Error{ErrorCode::unavailable, "the gateway is stopping", config_file_, {}});
    return false;
  }
  const std::uint64_t generation = state().generation + 1;
  auto assembled = assembly::load(config_file_, generation, services_, report);
  if (!assembled) return false;
  const auto snapshot = gateway::build_snapshot(assembled->root, assembled->policy, services_, report);
  if (!snapshot) return false;
  if (!start_identity(*services_, report)) return false;
  if (const auto updated = server_->update(snapshot); !updated) {
    report.error(updated.error());
    return false;
  }
  loaded(generation, *assembled->policy);
  warn_of_restart(root_, assembled->root, report);
  return true;
}

void Node::stop() {
  {
    const std::lock_guard lock(reloading_);  // a reload under way ends first
    stopping_ = true;
  }
  if (server_) server_->stop(root_.drain);
  if (admin_) admin_->stop();
  if (log_) log_->stop();
  for (const auto& one : outlets_) one->stop();  // with what the log got last
  if (revocations_) revocations_->stop();
  if (keeper_) keeper_->stop();
  if (audit_ && !std::exchange(stop_noted_, true)) {
    note({0, events::system_now_us(), "sallyport", "stop", config_file_, {}});
  }
}

// What cannot be written down is said: the act itself is done.
void Node::note(store::AuditEntry entry) {
  const std::string action = entry.action;
  if (auto done = audit_->append(std::move(entry)); !done) {
    events::complain_on_stderr("the audit log does not take `" + action + "`: " + done.error().text());
  }
}

void Node::loaded(std::uint64_t generation, const Policy& policy) {
  std::size_t operations = 0;
  for (const auto& api : policy.apis) operations += api->operations.size();
  inventory_->declare(policy);
  const std::lock_guard lock(state_mutex_);
  state_ = {generation, events::system_now_us(), operations};
}

Node::State Node::state() const {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

std::size_t Node::operations() const { return state().operations; }

std::string Node::status_json() const {
  const State now = state();
  const gateway::ServerTotals totals = server_->totals();
  const events::WriterStats log = log_->stats();
  std::string config;
  append_json(config, config_file_);
  std::string admin;
  append_json(admin, admin_ ? admin_address() : std::string());
  return fmt::format(
      R"({{"version":"{}","uptime_s":{},"config":{{"path":{},"generation":{},"loaded_at":{}}},"operations":{},)"
      R"("admin":{},"connections":{},"accepted":{},"over_limit":{},"handshake_failures":{},"calls":{},)"
      R"("upstream_connects":{},"upstream_reuses":{},"internal_errors":{},)"
      R"("events":{{"written":{},"dropped":{},"shed":{},"disk_errors":{},"degraded":{}}},)"
      R"("mirrored":{},"not_mirrored":{},"upstreams":{},)"
      R"("store":{{"product":"{}","away":{},"failures":{}}}}})",
      SALLYPORT_VERSION, (events::system_now_us() - started_at_us_) / 1'000'000, config, now.generation,
      now.loaded_at_us / 1'000'000, now.operations, admin, totals.connections, totals.accepted, totals.over_limit,
      totals.handshake_failures, totals.calls, totals.upstream_connects, totals.upstream_reuses, totals.internal_errors,
      log.written, log.dropped, log.shed, log.disk_errors, log.degraded, totals.mirrored, totals.not_mirrored,
      targets_json(), store_->product(), keeper_->stats().away, keeper_->stats().failures);
}

}  // namespace sallyport::cli
