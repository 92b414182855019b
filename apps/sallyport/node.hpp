// Node: one running gateway: event log, data plane, admin page, and what may be asked of them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "admin/server.hpp"
#include "config/report.hpp"
#include "events/metrics.hpp"
#include "events/writer.hpp"
#include "gateway/server.hpp"
#include "inventory/inventory.hpp"
#include "outlet/outlet.hpp"
#include "revocation_book.hpp"
#include "settings/settings.hpp"
#include "store/audit.hpp"
#include "store/keeper.hpp"

namespace sallyport::cli {

class Node {
 public:
  // Reads the configuration and starts everything; null when errors were reported.
  [[nodiscard]] static std::unique_ptr<Node> start(const std::string& config_file, config::Report& report);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Reads the configuration again and swaps it in whole; false, with the reasons in the report, when
  // anything of it is wrong: then nothing changes. Any thread.
  bool reload(config::Report& report);
  // Ends calls in order, then the admin page, then the log.
  void stop();

  [[nodiscard]] std::string status_json() const;
  [[nodiscard]] std::vector<std::string> addresses() const { return server_->addresses(); }
  [[nodiscard]] std::size_t operations() const;
  // Empty when the configuration has no `admin`.
  [[nodiscard]] std::string admin_address() const { return admin_->bound_address(); }
  // The admin page's password, when this start made it.
  [[nodiscard]] std::optional<std::string> first_password() const { return admin_->first_password(); }

 private:
  struct State {
    std::uint64_t generation = 1;
    std::int64_t loaded_at_us = 0;
    std::size_t operations = 0;
  };
  Node() = default;
  [[nodiscard]] Result<void> start_log(std::size_t workers);
  [[nodiscard]] Result<void> start_store(const Policy& policy);
  [[nodiscard]] Result<void> start_outlets();
  [[nodiscard]] Result<void> start_admin();
  void add_metrics();
  void add_target_metrics();
  [[nodiscard]] std::string targets_json() const;
  void loaded(std::uint64_t generation, const Policy& policy);
  void note(store::AuditEntry entry);
  [[nodiscard]] State state() const;
  [[nodiscard]] admin::Sources sources();

  std::string config_file_;
  std::int64_t started_at_us_ = 0;
  settings::Root root_;  // as it was at the start
  std::mutex reloading_;
  std::atomic<bool> stopping_{false};
  bool stop_noted_ = false;
  mutable std::mutex state_mutex_;
  State state_;

  // In the order of their use: each refers only to those before it.
  std::shared_ptr<engine::Services> services_ = std::make_shared<engine::Services>();
  std::unique_ptr<store::Database> store_;
  std::optional<store::AuditLog> audit_;
  std::unique_ptr<inventory::Inventory> inventory_;
  std::unique_ptr<store::Keeper> keeper_;
  std::unique_ptr<RevocationBook> revocations_;
  events::Metrics metrics_;
  std::unique_ptr<events::Writer> log_;
  std::vector<std::unique_ptr<outlet::Outlet>> outlets_;
  std::unique_ptr<gateway::Server> server_;
  std::unique_ptr<admin::Server> admin_;
};

// Where the control socket of a gateway with this data directory is.
[[nodiscard]] std::string control_socket_path(const std::string& data);

}  // namespace sallyport::cli
