#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "store/database.hpp"

namespace sallyport::store {
namespace {

constexpr int busy_ms = 5'000;
constexpr std::size_t max_statements = 128;  // kept compiled

class Sqlite final : public Database {
 public:
  explicit Sqlite(std::string path) : path_(std::move(path)) {}
  ~Sqlite() override {
    forget();
    sqlite3_close(handle_);
  }

  Result<void> open() {
    // Made by us, so that nobody else can read it even for a moment (CWE-732).
    if (path_ != ":memory:") {
      const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (file < 0) return fail(ErrorCode::unavailable, std::string("cannot open: ") + std::strerror(errno), path_);
      struct stat state{};
      const bool shared = ::fstat(file, &state) == 0 && (state.st_mode & 077) != 0;
      ::close(file);
      if (shared) return fail(ErrorCode::invalid, "others than its owner can read it", path_, "chmod 600 " + path_);
    }
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    if (sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr) != SQLITE_OK) return std::unexpected(error());
    sqlite3_busy_timeout(handle_, busy_ms);
    for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA trusted_schema=OFF"}) {
      if (auto done = execute(pragma, {}); !done) return std::unexpected(std::move(done.error()));
    }
    return {};
  }

  [[nodiscard]] std::string_view product() const override { return "SQLite"; }

 protected:
  Result<Rows> execute(std::string_view sql, std::span<const Cell> cells) override {
    auto prepared = statement(sql);
    if (!prepared) return std::unexpected(std::move(prepared.error()));
    sqlite3_stmt* const statement = *prepared;
    Rows rows;
    int step = bind(statement, cells);
    if (step == SQLITE_OK) {
      while ((step = sqlite3_step(statement)) == SQLITE_ROW) rows.push_back(row_of(statement));
    }
    Result<Rows> out = std::move(rows);
    if (step != SQLITE_DONE) out = std::unexpected(error());
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return out;
  }

 private:
  [[nodiscard]] Error error() const {
    const int code = handle_ == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle_);
    const bool later = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL || code == SQLITE_IOERR ||
                       code == SQLITE_CANTOPEN || code == SQLITE_NOMEM || code == SQLITE_READONLY;
    Error out;
    out.code = later ? ErrorCode::unavailable : ErrorCode::invalid;
    out.message = handle_ == nullptr ? "no memory" : sqlite3_errmsg(handle_);
    out.where = path_;
    out.retryable = later;
    return out;
  }

  Result<sqlite3_stmt*> statement(std::string_view sql) {
    std::string key(sql);
    if (const auto at = statements_.find(key); at != statements_.end()) return at->second;
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &made, nullptr) != SQLITE_OK) {
      return std::unexpected(error());
    }
    if (statements_.size() >= max_statements) forget();
    statements_.emplace(std::move(key), made);
    return made;
  }

  void forget() {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    statements_.clear();
  }

  static int bind(sqlite3_stmt* statement, std::span<const Cell> cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      // "$2" is a name to SQLite.
      const int at = sqlite3_bind_parameter_index(statement, ("$" + std::to_string(i + 1)).c_str());
      if (at == 0) return SQLITE_RANGE;
      int done = SQLITE_OK;
      if (const auto* const number = std::get_if<std::int64_t>(&cells[i])) {
        done = sqlite3_bind_int64(statement, at, *number);
      } else if (const auto* const value = std::get_if<std::string>(&cells[i])) {
        const std::string clean = storable(*value);
        done = sqlite3_bind_text64(statement, at, clean.data(), clean.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
      } else {
        done = sqlite3_bind_null(statement, at);
      }
      if (done != SQLITE_OK) return done;
    }
    return SQLITE_OK;
  }

  static Row row_of(sqlite3_stmt* statement) {
    Row row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER:
          row.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
          break;
        case SQLITE_TEXT: {
          const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
          row.emplace_back(std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, i))));
          break;
        }
        default:  // the schema has no other type
          row.emplace_back();
      }
    }
    return row;
  }

  std::string path_;
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  auto out = std::make_unique<Sqlite>(path);
  if (auto opened = out->open(); !opened) return std::unexpected(std::move(opened.error()));
  return out;
}

}  // namespace sallyport::store
