// The tables, as they grew: each step is one version. A step that was released is never changed: add another.
#include <array>

#include "store/database.hpp"

namespace sallyport::store {
namespace {

// Statements of one step.
using Statements = std::span<const std::string_view>;

constexpr auto first = std::to_array<std::string_view>({
    // Counts of an endpoint over all runs; what is declared of it comes from the specifications at each start.
    R"(CREATE TABLE endpoints (
      api TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, declared BIGINT NOT NULL,
      first_seen_us BIGINT NOT NULL, last_seen_us BIGINT NOT NULL,
      calls BIGINT NOT NULL, denied BIGINT NOT NULL, errors BIGINT NOT NULL, answered BIGINT NOT NULL,
      absent BIGINT NOT NULL, auth_failures BIGINT NOT NULL, statuses TEXT NOT NULL,
      bytes_in BIGINT NOT NULL, bytes_out BIGINT NOT NULL, misfits BIGINT NOT NULL, last_misfit TEXT NOT NULL,
      auth TEXT NOT NULL, data TEXT NOT NULL, callers TEXT NOT NULL,
      PRIMARY KEY (api, method, path)))",
    // Calls of one endpoint in one minute, hour or day (span: 60, 3600, 86400 seconds).
    R"(CREATE TABLE rollups (
      span BIGINT NOT NULL, start_s BIGINT NOT NULL, api TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
      calls BIGINT NOT NULL, denied BIGINT NOT NULL, errors BIGINT NOT NULL, auth_failures BIGINT NOT NULL,
      bytes_in BIGINT NOT NULL, bytes_out BIGINT NOT NULL, duration_us BIGINT NOT NULL,
      PRIMARY KEY (span, start_s, api, method, path)))",
    R"(CREATE TABLE findings (
      id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, severity BIGINT NOT NULL, state TEXT NOT NULL,
      api TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL, evidence TEXT NOT NULL,
      times BIGINT NOT NULL, first_seen_us BIGINT NOT NULL, last_seen_us BIGINT NOT NULL))",
    R"(CREATE TABLE audit (
      seq BIGINT NOT NULL PRIMARY KEY, time_us BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
      object TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL))",
    R"(CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL))",
});

constexpr auto second = std::to_array<std::string_view>({
    // What counts no more although it is good by itself, until `until_s`.
    R"(CREATE TABLE revocations (
      kind TEXT NOT NULL, value TEXT NOT NULL, at_s BIGINT NOT NULL, until_s BIGINT NOT NULL,
      PRIMARY KEY (kind, value)))",
});

const std::array<Statements, 2> steps{Statements(first), Statements(second)};

Result<std::int64_t> version_of(Database& database) {
  auto made = database.run(
      "CREATE TABLE IF NOT EXISTS migrations (version BIGINT NOT NULL PRIMARY KEY, applied_us BIGINT NOT NULL)");
  if (!made) return std::unexpected(std::move(made.error()));
  auto rows = database.run("SELECT COALESCE(MAX(version), 0) FROM migrations");
  if (!rows) return std::unexpected(std::move(rows.error()));
  return integer(rows->at(0).at(0));
}

}  // namespace

std::int64_t schema_version() { return static_cast<std::int64_t>(steps.size()); }

Result<void> migrate(Database& database, std::int64_t now_us) {
  const auto version = version_of(database);
  if (!version) return std::unexpected(version.error());
  if (*version > schema_version()) {
    return fail(ErrorCode::invalid,
                "the store is of version " + std::to_string(*version) + ", this program knows " +
                    std::to_string(schema_version()),
                std::string(database.product()), "run the newer program, or restore the store of before");
  }
  for (std::int64_t next = *version; next < schema_version(); ++next) {
    auto done = database.transact([&]() -> Result<void> {
      for (const std::string_view sql : steps[static_cast<std::size_t>(next)]) {
        if (auto made = database.run(sql); !made) return std::unexpected(std::move(made.error()));
      }
      const std::array<Cell, 2> cells{next + 1, now_us};
      auto noted = database.run("INSERT INTO migrations (version, applied_us) VALUES ($1, $2)", cells);
      if (!noted) return std::unexpected(std::move(noted.error()));
      return {};
    });
    if (!done) return done;
  }
  return {};
}

}  // namespace sallyport::store
