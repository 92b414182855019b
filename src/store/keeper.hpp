// Keeper: the thread that brings the inventory to the store every few seconds, and back at the start. A store
// that is away costs no call: what was counted waits in memory within its bounds and is tried again, at
// first after `every`, then with growing pauses up to max_pause.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/step_thread.hpp"
#include "events/options.hpp"
#include "inventory/inventory.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/tables.hpp"

namespace sallyport::store {

struct KeeperOptions {
  std::chrono::milliseconds every{5000};
  std::chrono::seconds keep_minutes{7 * 86400};
  std::chrono::seconds keep_hours{90 * 86400};
  std::chrono::seconds keep_days{3 * 366 * 86400};
  events::WallClock clock = events::system_now_us;
  events::Complain complain = events::complain_on_stderr;
};

struct KeeperStats {
  std::uint64_t rounds = 0;    // that the store took
  std::uint64_t failures = 0;  // that it did not
  bool away = false;           // the last one failed
};

class Keeper {
 public:
  static constexpr std::chrono::seconds max_pause{30};
  static constexpr std::size_t max_restored = 100'000;  // endpoints

  // Migrates and restores what was counted before. Everything outlives this.
  [[nodiscard]] static Result<std::unique_ptr<Keeper>> open(Database& database, inventory::Inventory& inventory,
                                                            const KeeperOptions& options);
  ~Keeper();  // stops
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  void start();
  void stop();  // after a last round
  // One round, for drivers without a thread.
  [[nodiscard]] Result<void> step();
  [[nodiscard]] KeeperStats stats() const;

 private:
  Keeper(Database& database, inventory::Inventory& inventory, const KeeperOptions& options)
      : database_(database), inventory_(inventory), options_(options) {}
  [[nodiscard]] Result<void> restore();
  [[nodiscard]] Result<void> save_findings();
  [[nodiscard]] Result<void> prune(std::int64_t now_us);
  std::chrono::milliseconds round();

  Database& database_;
  inventory::Inventory& inventory_;
  const KeeperOptions options_;
  std::int64_t saved_at_us_ = 0;
  std::int64_t pruned_at_us_ = 0;
  std::unordered_map<std::string, std::pair<std::uint64_t, inventory::Standing>> saved_findings_;  // times, standing
  mutable std::mutex mutex_;
  KeeperStats stats_;
  std::chrono::milliseconds pause_ = options_.every;
  StepThread thread_;  // last: it is stopped first
};

}  // namespace sallyport::store
