#include <algorithm>
#include <charconv>

#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "document/node.hpp"
#include "store/tables.hpp"

namespace sallyport::store {
namespace {

using inventory::DataSeen;
using inventory::Distinct;
using inventory::Endpoint;
using inventory::Endpoints;

constexpr std::string_view columns =
    "api, method, path, declared, first_seen_us, last_seen_us, calls, denied, errors, answered, absent, "
    "auth_failures, bytes_in, bytes_out, misfits, last_misfit, statuses, auth, data, callers";

Cell number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::string json_of(const Endpoint& known, bool data) {
  std::string out = "[";
  const auto next = [&] {
    if (out.size() > 1) out += ',';
    out += '[';
  };
  if (data) {
    for (const DataSeen& seen : known.data) {
      next();
      append_json(out, seen.type);
      append_json(out += ',', seen.data_class);
      append_json(out += ',', seen.place);
      append_json(out += ',', seen.response ? "response" : "request");
      append_number(out += ',', seen.times);
      append_number(out += ',', seen.last_seen_us);
      out += ']';
    }
  } else {
    for (const auto& [how, calls] : known.auth) {
      next();
      append_json(out, how);
      append_number(out += ',', calls);
      out += ']';
    }
  }
  return out + "]";
}

std::uint64_t number_in(const document::Node& node) {
  std::uint64_t out = 0;
  std::from_chars(node.text().data(), node.text().data() + node.text().size(), out);
  return out;
}

bool read_auth(const std::string& json, Endpoint& known) {
  const auto parsed = document::parse_json(json, "auth");
  if (!parsed) return false;
  for (const document::Node& one : parsed->root().items()) {
    if (one.items().size() != 2 || known.auth.size() == inventory::max_auth) return false;
    known.auth.emplace_back(one.items()[0].text(), number_in(one.items()[1]));
  }
  return true;
}

bool read_data(const std::string& json, Endpoint& known) {
  const auto parsed = document::parse_json(json, "data");
  if (!parsed) return false;
  for (const document::Node& one : parsed->root().items()) {
    const auto parts = one.items();
    if (parts.size() != 6 || known.data.size() == inventory::max_data) return false;
    known.data.push_back({std::string(parts[0].text()), std::string(parts[1].text()), std::string(parts[2].text()),
                          parts[3].text() == "response", number_in(parts[4]),
                          static_cast<std::int64_t>(number_in(parts[5]))});
  }
  return true;
}

bool read_statuses(const std::string& words, Endpoint& known) {
  const char* at = words.data();
  const char* const end = at + words.size();
  for (std::uint64_t& count : known.statuses) {
    const auto read = std::from_chars(at, end, count);
    if (read.ec != std::errc{}) return false;
    at = read.ptr == end ? end : read.ptr + 1;
  }
  return at == end;
}

bool read_callers(const std::string& base64, Distinct& callers) {
  const auto bytes = decode_base64(base64, Base64::standard);
  if (!bytes || bytes->size() != Distinct::registers) return false;
  std::array<std::uint8_t, Distinct::registers> registers{};
  std::ranges::transform(*bytes, registers.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  callers.restore(registers);
  return true;
}

}  // namespace

Result<void> save_endpoints(Database& database, std::span<const Endpoints::Saved> endpoints) {
  static const std::string sql = "INSERT INTO endpoints (" + std::string(columns) +
                                 ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                                 "$17, $18, $19, $20) ON CONFLICT (api, method, path) DO UPDATE SET "
                                 "declared = excluded.declared, first_seen_us = excluded.first_seen_us, "
                                 "last_seen_us = excluded.last_seen_us, calls = excluded.calls, "
                                 "denied = excluded.denied, errors = excluded.errors, answered = excluded.answered, "
                                 "absent = excluded.absent, auth_failures = excluded.auth_failures, "
                                 "bytes_in = excluded.bytes_in, bytes_out = excluded.bytes_out, "
                                 "misfits = excluded.misfits, last_misfit = excluded.last_misfit, "
                                 "statuses = excluded.statuses, auth = excluded.auth, data = excluded.data, "
                                 "callers = excluded.callers";
  return database.transact([&]() -> Result<void> {
    for (const Endpoints::Saved& one : endpoints) {
      const Endpoint& known = one.known;
      std::string statuses;
      for (const std::uint64_t count : known.statuses) append_number(statuses += statuses.empty() ? "" : " ", count);
      const auto& registers = one.callers.bytes();
      const std::string callers =
          encode_base64({reinterpret_cast<const char*>(registers.data()), registers.size()}, Base64::standard);
      const std::array<Cell, 20> cells{known.api,
                                       known.method,
                                       known.path,
                                       std::int64_t{known.declared ? 1 : 0},
                                       known.first_seen_us,
                                       known.last_seen_us,
                                       number(known.calls),
                                       number(known.denied),
                                       number(known.errors),
                                       number(known.answered),
                                       number(known.absent),
                                       number(known.auth_failures),
                                       number(known.bytes_in),
                                       number(known.bytes_out),
                                       number(known.misfits),
                                       known.last_misfit,
                                       statuses,
                                       json_of(known, false),
                                       json_of(known, true),
                                       callers};
      if (auto done = database.run(sql, cells); !done) return std::unexpected(std::move(done.error()));
    }
    return {};
  });
}

Result<std::vector<Endpoints::Saved>> load_endpoints(Database& database, std::size_t limit) {
  const std::array<Cell, 1> cells{static_cast<std::int64_t>(limit)};
  const auto rows =
      database.run("SELECT " + std::string(columns) + " FROM endpoints ORDER BY last_seen_us DESC LIMIT $1", cells);
  if (!rows) return std::unexpected(rows.error());
  std::vector<Endpoints::Saved> out;
  for (const Row& row : *rows) {
    Endpoints::Saved one;
    Endpoint& known = one.known;
    known.api = text(row[0]);
    known.method = text(row[1]);
    known.path = text(row[2]);
    known.declared = integer(row[3]) != 0;
    known.stage = "undeclared";
    known.first_seen_us = integer(row[4]);
    known.last_seen_us = integer(row[5]);
    std::size_t at = 6;
    for (const auto member :
         {&Endpoint::calls, &Endpoint::denied, &Endpoint::errors, &Endpoint::answered, &Endpoint::absent,
          &Endpoint::auth_failures, &Endpoint::bytes_in, &Endpoint::bytes_out, &Endpoint::misfits}) {
      known.*member = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(row[at++])));
    }
    known.last_misfit = text(row[15]);
    if (read_statuses(text(row[16]), known) && read_auth(text(row[17]), known) && read_data(text(row[18]), known) &&
        read_callers(text(row[19]), one.callers)) {
      out.push_back(std::move(one));
    }
  }
  return out;
}

}  // namespace sallyport::store
