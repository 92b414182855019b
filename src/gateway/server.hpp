// Server: all workers together. Opens listening sockets, starts threads, swaps snapshots, drains.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/step_thread.hpp"
#include "events/writer.hpp"
#include "gateway/name_watch.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/upstream_view.hpp"
#include "gateway/worker.hpp"

#include <sallyport/result.hpp>

namespace sallyport::gateway {

struct ServerTotals {
  std::uint64_t connections = 0, accepted = 0, over_limit = 0, handshake_failures = 0, calls = 0;
  std::uint64_t upstream_connects = 0, upstream_reuses = 0, internal_errors = 0;
  std::uint64_t store_asks = 0, store_unanswered = 0;
  std::uint64_t mirrored = 0, not_mirrored = 0;
};

class Server {
 public:
  // Cores that this process may use.
  [[nodiscard]] static std::size_t available_cores();

  // Binds every listener on every worker before the first thread starts: all or nothing.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const std::shared_ptr<const Snapshot>& snapshot,
                                                             events::Writer& log, std::size_t workers);
  ~Server();

  // New listeners are bound first; when one cannot be, nothing changes.
  [[nodiscard]] Result<void> update(const std::shared_ptr<const Snapshot>& snapshot);
  // Ends accepting, lets calls end, closes the rest after `grace`; returns when all threads ended.
  void stop(std::chrono::milliseconds grace);

  [[nodiscard]] ServerTotals totals() const;
  // The targets of all upstreams, as they are now. Any thread.
  [[nodiscard]] std::vector<TargetView> targets() const;
  // The address a listener really has: port 0 asks the kernel for a free one.
  [[nodiscard]] std::vector<std::string> addresses() const { return addresses_; }

 private:
  Server();
  void watch_names();
  [[nodiscard]] std::shared_ptr<const Snapshot> current() const;

  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::string> names_;  // of the listeners that are open
  std::vector<std::string> addresses_;
  mutable std::mutex mutex_;                 // of current_
  std::shared_ptr<const Snapshot> current_;  // what the workers have been given
  NameWatch names_watch_;
  StepThread names_thread_;
};

}  // namespace sallyport::gateway
