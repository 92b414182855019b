#include <algorithm>

#include "store/tables.hpp"

namespace sallyport::store {
namespace {

using inventory::Rollup;

constexpr auto spans = std::to_array<Span>({Span::minute, Span::hour, Span::day});

Cell number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

std::int64_t seconds(Span span) {
  switch (span) {
    case Span::minute:
      return 60;
    case Span::hour:
      return 3600;
    case Span::day:
      return 86'400;
  }
  return 86'400;
}

Result<void> add_rollups(Database& database, std::span<const Rollup> rollups) {
  static constexpr std::string_view sql =
      "INSERT INTO rollups (span, start_s, api, method, path, calls, denied, errors, auth_failures, bytes_in, "
      "bytes_out, duration_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
      "ON CONFLICT (span, start_s, api, method, path) DO UPDATE SET calls = rollups.calls + excluded.calls, "
      "denied = rollups.denied + excluded.denied, errors = rollups.errors + excluded.errors, "
      "auth_failures = rollups.auth_failures + excluded.auth_failures, "
      "bytes_in = rollups.bytes_in + excluded.bytes_in, bytes_out = rollups.bytes_out + excluded.bytes_out, "
      "duration_us = rollups.duration_us + excluded.duration_us";
  return database.transact([&]() -> Result<void> {
    for (const Rollup& one : rollups) {
      for (const Span span : spans) {
        const std::int64_t step = seconds(span);
        const std::array<Cell, 12> cells{step,
                                         one.start_s - one.start_s % step,
                                         one.api,
                                         one.method,
                                         one.path,
                                         number(one.calls),
                                         number(one.denied),
                                         number(one.errors),
                                         number(one.auth_failures),
                                         number(one.bytes_in),
                                         number(one.bytes_out),
                                         number(one.duration_us)};
        if (auto done = database.run(sql, cells); !done) return std::unexpected(std::move(done.error()));
      }
    }
    return {};
  });
}

Result<std::vector<Rollup>> series(Database& database, const SeriesQuery& query) {
  std::string sql =
      "SELECT start_s, CAST(SUM(calls) AS BIGINT), CAST(SUM(denied) AS BIGINT), CAST(SUM(errors) AS BIGINT), "
      "CAST(SUM(auth_failures) AS BIGINT), CAST(SUM(bytes_in) AS BIGINT), CAST(SUM(bytes_out) AS BIGINT), "
      "CAST(SUM(duration_us) AS BIGINT) FROM rollups WHERE span = $1 AND start_s >= $2 AND start_s < $3";
  std::vector<Cell> cells{seconds(query.span), query.from_s, query.to_s};
  const auto only = [&](std::string_view column, const std::string& value) {
    if (value.empty()) return;
    cells.emplace_back(value);
    ((sql += " AND ") += column) += " = $" + std::to_string(cells.size());
  };
  only("api", query.api);
  only("method", query.method);
  only("path", query.path);
  const auto rows = database.run(sql + " GROUP BY start_s ORDER BY start_s", cells);
  if (!rows) return std::unexpected(rows.error());
  std::vector<Rollup> out;
  for (const Row& row : *rows) {
    Rollup& one = out.emplace_back();
    one.start_s = integer(row[0]);
    one.api = query.api;
    one.method = query.method;
    one.path = query.path;
    std::size_t at = 1;
    for (const auto member : {&Rollup::calls, &Rollup::denied, &Rollup::errors, &Rollup::auth_failures,
                              &Rollup::bytes_in, &Rollup::bytes_out, &Rollup::duration_us}) {
      one.*member = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(row[at++])));
    }
  }
  return out;
}

Result<void> prune_rollups(Database& database, const Keep& keep) {
  return database.transact([&]() -> Result<void> {
    for (const auto& [span, from] :
         {std::pair(Span::minute, keep.minutes_from_s), std::pair(Span::hour, keep.hours_from_s),
          std::pair(Span::day, keep.days_from_s)}) {
      const std::array<Cell, 2> cells{seconds(span), from};
      auto done = database.run("DELETE FROM rollups WHERE span = $1 AND start_s < $2", cells);
      if (!done) return std::unexpected(std::move(done.error()));
    }
    return {};
  });
}

Result<std::optional<std::string>> setting(Database& database, std::string_view name) {
  const std::array<Cell, 1> cells{std::string(name)};
  const auto rows = database.run("SELECT value FROM settings WHERE name = $1", cells);
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return text(rows->front()[0]);
}

Result<void> set_setting(Database& database, std::string_view name, std::string_view value) {
  const std::array<Cell, 2> cells{std::string(name), std::string(value)};
  auto done = database.run(
      "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      cells);
  if (!done) return std::unexpected(std::move(done.error()));
  return {};
}

}  // namespace sallyport::store
