#include "store/keeper.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sallyport::store {
namespace {

constexpr std::string_view watched_since = "watched_since_us";
constexpr std::int64_t prune_every_us = std::int64_t{3600} * 1'000'000;
// Events come a little after their start: what was seen shortly before the last round is saved again.
constexpr std::int64_t overlap_us = std::int64_t{3600} * 1'000'000;

}  // namespace

Result<std::unique_ptr<Keeper>> Keeper::open(Database& database, inventory::Inventory& inventory,
                                             const KeeperOptions& options) {
  if (auto migrated = migrate(database, options.clock()); !migrated) return std::unexpected(migrated.error());
  std::unique_ptr<Keeper> keeper(new Keeper(database, inventory, options));
  if (auto restored = keeper->restore(); !restored) return std::unexpected(restored.error());
  return keeper;
}

Keeper::~Keeper() { stop(); }

Result<void> Keeper::restore() {
  auto saved = load_endpoints(database_, max_restored);
  if (!saved) return std::unexpected(std::move(saved.error()));
  inventory_.endpoints.restore(std::move(*saved));
  auto findings = load_findings(database_, inventory::Findings::max_findings);
  if (!findings) return std::unexpected(std::move(findings.error()));
  inventory_.findings.restore(std::move(*findings));
  const auto since = setting(database_, watched_since);
  if (!since) return std::unexpected(since.error());
  if (!*since) return set_setting(database_, watched_since, std::to_string(options_.clock()));
  std::int64_t time_us = 0;
  const std::string& digits = **since;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), time_us).ec == std::errc{}) {
    inventory_.endpoints.watched_since(time_us);
  }
  return {};
}

Result<void> Keeper::step() {
  const std::int64_t now_us = options_.clock();
  const auto endpoints = inventory_.endpoints.save(saved_at_us_ - overlap_us);
  if (auto saved = save_endpoints(database_, endpoints); !saved) return saved;
  saved_at_us_ = now_us;
  const auto rollups = inventory_.rollups.take();
  if (auto added = add_rollups(database_, rollups); !added) {
    inventory_.rollups.give_back(rollups);
    return added;
  }
  inventory_.findings.add(inventory_.endpoints.rows(now_us), now_us);
  if (auto saved = save_findings(); !saved) return saved;
  return prune(now_us);
}

// Those that changed since the store has them.
Result<void> Keeper::save_findings() {
  std::vector<inventory::Finding> all = inventory_.findings.list();
  std::unordered_map<std::string, std::pair<std::uint64_t, inventory::Standing>> now;
  for (const inventory::Finding& one : all) now[one.id] = {one.times, one.standing};
  std::erase_if(all, [&](const inventory::Finding& one) {
    const auto known = saved_findings_.find(one.id);
    return known != saved_findings_.end() && known->second == now[one.id];
  });
  auto saved = store::save_findings(database_, all);
  if (saved) saved_findings_ = std::move(now);
  return saved;
}

Result<void> Keeper::prune(std::int64_t now_us) {
  if (now_us - pruned_at_us_ < prune_every_us) return {};
  const std::int64_t now_s = now_us / 1'000'000;
  auto pruned = prune_rollups(database_, {now_s - options_.keep_minutes.count(), now_s - options_.keep_hours.count(),
                                          now_s - options_.keep_days.count()});
  if (pruned) pruned_at_us_ = now_us;
  return pruned;
}

void Keeper::start() {
  thread_.start(options_.every, [this](bool) { return round(); });
}

void Keeper::stop() { thread_.stop(); }

// One round; how long to rest then.
std::chrono::milliseconds Keeper::round() {
  const auto done = step();
  const std::scoped_lock lock(mutex_);
  const bool was_away = std::exchange(stats_.away, !done);
  if (done) {
    if (was_away) options_.complain("the store takes the inventory again");
    ++stats_.rounds;
    return pause_ = options_.every;
  }
  if (!was_away) {
    options_.complain("the store does not take the inventory, it waits in memory: " + done.error().text());
  }
  ++stats_.failures;
  return pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, max_pause);
}

KeeperStats Keeper::stats() const {
  const std::scoped_lock lock(mutex_);
  return stats_;
}

}  // namespace sallyport::store
