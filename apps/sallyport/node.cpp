#include "node.hpp"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>

#include "assembly/assembly.hpp"
#include "base/json_text.hpp"
#include "gateway/build_snapshot.hpp"

namespace sallyport::cli {
namespace {

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

std::size_t count_operations(const Policy& policy) {
  std::size_t count = 0;
  for (const auto& api : policy.apis) count += api->operations.size();
  return count;
}

}  // namespace

std::unique_ptr<Node> Node::start(const std::string& config_file, config::Report& report) {
  std::unique_ptr<Node> node(new Node);
  node->config_file_ = config_file;
  auto assembled = assembly::load(config_file, 1, report);
  if (!assembled) return nullptr;
  const auto snapshot = gateway::build_snapshot(assembled->root, assembled->policy, report);
  if (!snapshot) return nullptr;
  node->root_ = std::move(assembled->root);
  node->operations_ = count_operations(*assembled->policy);
  std::error_code error;
  std::filesystem::create_directories(node->root_.data.path, error);
  if (error) {
    report.error(
        Error{ErrorCode::unavailable, "cannot make the data directory: " + error.message(), node->root_.data.path, {}});
    return nullptr;
  }
  const std::size_t workers = node->root_.workers != 0 ? node->root_.workers : gateway::Server::available_cores();
  auto log = events::Writer::open(log_options(node->root_.events), workers);
  if (!log) {
    report.error(log.error());
    return nullptr;
  }
  node->log_ = std::move(*log);
  node->log_->start();
  auto server = gateway::Server::start(snapshot, *node->log_, workers);
  if (!server) {
    report.error(server.error());
    return nullptr;
  }
  node->server_ = std::move(*server);
  node->started_at_ = node->loaded_at_ = std::time(nullptr);
  return node;
}

Node::~Node() { stop(); }

bool Node::reload(config::Report& report) {
  const std::lock_guard lock(mutex_);
  auto assembled = assembly::load(config_file_, generation_ + 1, report);
  if (!assembled) return false;
  const auto snapshot = gateway::build_snapshot(assembled->root, assembled->policy, report);
  if (!snapshot) return false;
  if (const auto updated = server_->update(snapshot); !updated) {
    report.error(updated.error());
    return false;
  }
  ++generation_;
  loaded_at_ = std::time(nullptr);
  operations_ = count_operations(*assembled->policy);
  return true;
}

void Node::stop() {
  if (server_) server_->stop(root_.drain);
  if (log_) log_->stop();
}

std::string Node::status_json() const {
  const std::lock_guard lock(mutex_);
  const gateway::ServerTotals totals = server_->totals();
  const events::WriterStats log = log_->stats();
  std::string config;
  append_json(config, config_file_);
  return fmt::format(
      R"({{"version":"{}","uptime_s":{},"config":{{"path":{},"generation":{},"loaded_at":{}}},"operations":{},)"
      R"("connections":{},"accepted":{},"over_limit":{},"handshake_failures":{},"calls":{},"upstream_connects":{},)"
      R"("upstream_reuses":{},"internal_errors":{},"events":{{"written":{},"dropped":{},"shed":{},"disk_errors":{},"degraded":{}}}}})"
      "\n",
      SALLYPORT_VERSION, std::time(nullptr) - started_at_, config, generation_, loaded_at_, operations_,
      totals.connections, totals.accepted, totals.over_limit, totals.handshake_failures, totals.calls,
      totals.upstream_connects, totals.upstream_reuses, totals.internal_errors, log.written, log.dropped, log.shed,
      log.disk_errors, log.degraded);
}

}  // namespace sallyport::cli
