#include <algorithm>
#include <charconv>

#include "base/json_text.hpp"
#include "base/uuid.hpp"
#include "document/node.hpp"
#include "store/tables.hpp"

namespace sallyport::store {
namespace {

using inventory::Evidence;
using inventory::Finding;
using inventory::Findings;

std::string json_of(const std::vector<Evidence>& evidence) {
  std::string out = "[";
  for (const Evidence& one : evidence) {
    if (out.size() > 1) out += ',';
    std::array<char, uuid_text_bytes> id{};
    format_uuid(one.call, id);
    append_json(out += '[', {id.data(), id.size()});
    append_number(out += ',', one.time_us);
    append_json(out += ',', one.text);
    out += ']';
  }
  return out + "]";
}

bool read_evidence(const std::string& json, std::vector<Evidence>& out) {
  const auto parsed = document::parse_json(json, "evidence");
  if (!parsed) return false;
  for (const document::Node& one : parsed->root().items()) {
    const auto parts = one.items();
    const auto id = parts.size() == 3 ? parse_uuid(parts[0].text()) : std::nullopt;
    if (!id || out.size() == Findings::max_evidence) return false;
    Evidence& read = out.emplace_back();
    read.call = *id;
    const std::string_view digits = parts[1].text();
    std::from_chars(digits.data(), digits.data() + digits.size(), read.time_us);
    read.text = parts[2].text();
  }
  return true;
}

}  // namespace

Result<void> save_findings(Database& database, std::span<const Finding> findings) {
  static constexpr std::string_view sql =
      "INSERT INTO findings (id, kind, severity, state, api, method, path, title, evidence, times, first_seen_us, "
      "last_seen_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO UPDATE SET "
      "severity = excluded.severity, state = excluded.state, title = excluded.title, evidence = excluded.evidence, "
      "times = excluded.times, first_seen_us = excluded.first_seen_us, last_seen_us = excluded.last_seen_us";
  return database.transact([&]() -> Result<void> {
    for (const Finding& one : findings) {
      const std::array<Cell, 12> cells{one.id,
                                       std::string(word(one.kind)),
                                       static_cast<std::int64_t>(one.severity),
                                       std::string(word(one.standing)),
                                       one.api,
                                       one.method,
                                       one.path,
                                       one.title,
                                       json_of(one.evidence),
                                       static_cast<std::int64_t>(one.times),
                                       one.first_seen_us,
                                       one.last_seen_us};
      if (auto done = database.run(sql, cells); !done) return std::unexpected(std::move(done.error()));
    }
    return {};
  });
}

Result<std::vector<Finding>> load_findings(Database& database, std::size_t limit) {
  const std::array<Cell, 1> cells{static_cast<std::int64_t>(limit)};
  const auto rows = database.run(
      "SELECT id, kind, severity, state, api, method, path, title, evidence, times, first_seen_us, last_seen_us "
      "FROM findings ORDER BY last_seen_us DESC LIMIT $1",
      cells);
  if (!rows) return std::unexpected(rows.error());
  std::vector<Finding> out;
  for (const Row& row : *rows) {
    const auto kind = inventory::finding_kind_named(text(row[1]));
    const auto standing = inventory::standing_named(text(row[3]));
    const std::int64_t severity = integer(row[2]);
    Finding one;
    if (!kind || !standing || severity < 0 || severity > 2 || !read_evidence(text(row[8]), one.evidence)) continue;
    one.id = text(row[0]);
    one.kind = *kind;
    one.severity = static_cast<inventory::Severity>(severity);
    one.standing = *standing;
    one.api = text(row[4]);
    one.method = text(row[5]);
    one.path = text(row[6]);
    one.title = text(row[7]);
    one.times = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(row[9])));
    one.first_seen_us = integer(row[10]);
    one.last_seen_us = integer(row[11]);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace sallyport::store
