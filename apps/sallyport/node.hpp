// Node: one running gateway: event log, data plane, and what may be asked of it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "config/report.hpp"
#include "events/writer.hpp"
#include "gateway/server.hpp"
#include "settings/settings.hpp"

namespace sallyport::cli {

class Node {
 public:
  // Reads the configuration and starts everything; null when errors were reported.
  [[nodiscard]] static std::unique_ptr<Node> start(const std::string& config_file, config::Report& report);
  ~Node();

  // Reads the configuration again and swaps it in whole; false, with the reasons in the report, when
  // anything of it is wrong: then nothing changes. Any thread.
  bool reload(config::Report& report);
  // Ends calls in order, then the log.
  void stop();

  [[nodiscard]] std::string status_json() const;
  [[nodiscard]] const settings::Root& settings() const { return root_; }
  [[nodiscard]] std::vector<std::string> addresses() const { return server_->addresses(); }
  [[nodiscard]] std::size_t operations() const { return operations_; }

 private:
  Node() = default;
  std::string config_file_;
  mutable std::mutex mutex_;  // of reload and status
  std::uint64_t generation_ = 1;
  std::int64_t loaded_at_ = 0;
  std::int64_t started_at_ = 0;
  std::size_t operations_ = 0;
  settings::Root root_;
  std::unique_ptr<events::Writer> log_;
  std::unique_ptr<gateway::Server> server_;
};

}  // namespace sallyport::cli
