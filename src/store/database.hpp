// Database: what the store needs of a database, and no more: one connection, statements with parameters,
// transactions. SQLite by default, PostgreSQL by one line of configuration; both run the same statements.
//
// Statements are written once, in the SQL that both understand: BIGINT and TEXT, parameters $1, $2, …,
// INSERT … ON CONFLICT. A commit returns when it is on disk (SQLite: WAL with synchronous=FULL).
//
// Not for the path of requests: every call may wait for a disk or a server, PostgreSQL up to its time-outs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::store {

// Null, an integer or text. Text is stored as UTF-8 without NUL: what is neither becomes U+FFFD.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Row = std::vector<Cell>;
using Rows = std::vector<Row>;

[[nodiscard]] std::int64_t integer(const Cell& cell);  // 0 for anything else
[[nodiscard]] std::string text(const Cell& cell);      // empty for anything else

class Database {
 public:
  virtual ~Database() = default;
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // One statement; parameters are $1 to $n. Errors are `unavailable` (and retryable) when the database cannot be
  // reached or is busy, `invalid` when it refuses the statement. Threads take turns.
  [[nodiscard]] Result<Rows> run(std::string_view sql, std::span<const Cell> cells = {});
  // All of it or nothing; other threads wait. `work` must not start another one.
  [[nodiscard]] Result<void> transact(const std::function<Result<void>()>& work);
  // "SQLite" or "PostgreSQL".
  [[nodiscard]] virtual std::string_view product() const = 0;

 protected:
  [[nodiscard]] virtual Result<Rows> execute(std::string_view sql, std::span<const Cell> cells) = 0;
  // Called before a statement that begins a transaction or stands outside of one: makes the connection good.
  [[nodiscard]] virtual Result<void> ready() { return {}; }

 private:
  std::recursive_mutex mutex_;
  bool within_ = false;
};

// A file of mode 0600, made when it is absent. ":memory:" is one for tests.
[[nodiscard]] Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);

struct PostgresOptions {
  std::string url;               // postgres://user@host:5432/name, without a password
  std::string password;          // or empty
  unsigned connect_timeout = 5;  // seconds
  unsigned statement_timeout_ms = 10'000;
};
// A lost connection is made anew by the next statement outside of a transaction.
[[nodiscard]] Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options);

// Brings the tables to the version of this program (schema.cpp), each step whole or not at all. Refused when a
// newer program made them.
[[nodiscard]] Result<void> migrate(Database& database, std::int64_t now_us);
[[nodiscard]] std::int64_t schema_version();

// The text as both databases take it.
[[nodiscard]] std::string storable(std::string_view text);

}  // namespace sallyport::store
