// What the store holds beside the audit log: counts of endpoints, rollups of calls, findings and settings.
// Each function is one transaction: all of it is on disk when it returns without an error.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "inventory/endpoints.hpp"
#include "inventory/findings.hpp"
#include "inventory/rollups.hpp"
#include "store/database.hpp"

namespace sallyport::store {

// Replaces the counts of these endpoints.
[[nodiscard]] Result<void> save_endpoints(Database& database, std::span<const inventory::Endpoints::Saved> endpoints);
// The newest `limit` that were seen. Rows that cannot be read are passed over.
[[nodiscard]] Result<std::vector<inventory::Endpoints::Saved>> load_endpoints(Database& database, std::size_t limit);

// Replaces these findings.
[[nodiscard]] Result<void> save_findings(Database& database, std::span<const inventory::Finding> findings);
// The newest `limit`. Rows that cannot be read are passed over.
[[nodiscard]] Result<std::vector<inventory::Finding>> load_findings(Database& database, std::size_t limit);

enum class Span : std::uint8_t { minute, hour, day };
[[nodiscard]] std::int64_t seconds(Span span);

// Adds to the minute, the hour and the day of each.
[[nodiscard]] Result<void> add_rollups(Database& database, std::span<const inventory::Rollup> rollups);
struct SeriesQuery {
  Span span = Span::hour;
  std::int64_t from_s = 0, to_s = 0;  // starts of steps, `to_s` not included
  std::string api;                    // or empty: all
  std::string method, path;           // of one endpoint, or empty
};
// Sums by step, oldest first; steps without calls are left out.
[[nodiscard]] Result<std::vector<inventory::Rollup>> series(Database& database, const SeriesQuery& query);
// Deletes minutes, hours and days that began before these.
struct Keep {
  std::int64_t minutes_from_s = 0, hours_from_s = 0, days_from_s = 0;
};
[[nodiscard]] Result<void> prune_rollups(Database& database, const Keep& keep);

// Null when it was never set.
[[nodiscard]] Result<std::optional<std::string>> setting(Database& database, std::string_view name);
[[nodiscard]] Result<void> set_setting(Database& database, std::string_view name, std::string_view value);

}  // namespace sallyport::store
