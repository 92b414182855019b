#include "store/revocation_table.hpp"

#include <array>

namespace sallyport::store {

Result<void> save_revocations(Database& database, std::span<const RevocationRow> rows, std::int64_t now_s) {
  static constexpr std::string_view sql =
      "INSERT INTO revocations (kind, value, at_s, until_s) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, value) DO "
      "UPDATE "
      "SET at_s = CASE WHEN excluded.at_s > revocations.at_s THEN excluded.at_s ELSE revocations.at_s END, "
      "until_s = CASE WHEN excluded.until_s > revocations.until_s THEN excluded.until_s ELSE revocations.until_s END";
  return database.transact([&]() -> Result<void> {
    for (const RevocationRow& row : rows) {
      const std::array<Cell, 4> cells{row.kind, row.value, row.at_s, row.until_s};
      if (auto done = database.run(sql, cells); !done) return std::unexpected(std::move(done.error()));
    }
    const std::array<Cell, 1> now{now_s};
    auto cleaned = database.run("DELETE FROM revocations WHERE until_s <= $1", now);
    if (!cleaned) return std::unexpected(std::move(cleaned.error()));
    return {};
  });
}

Result<std::vector<RevocationRow>> load_revocations(Database& database, std::int64_t now_s) {
  const std::array<Cell, 1> now{now_s};
  const auto rows = database.run("SELECT kind, value, at_s, until_s FROM revocations WHERE until_s > $1", now);
  if (!rows) return std::unexpected(rows.error());
  std::vector<RevocationRow> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) out.push_back({text(row[0]), text(row[1]), integer(row[2]), integer(row[3])});
  return out;
}

}  // namespace sallyport::store
