#include <libpq-fe.h>

#include <array>
#include <charconv>

#include "store/database.hpp"

namespace sallyport::store {
namespace {

using Answer = std::unique_ptr<PGresult, void (*)(PGresult*)>;

// What libpq says, as one line without its trailing line feed.
std::string one_line(const char* message) {
  std::string out(message == nullptr ? "" : message);
  for (char& c : out) c = c == '\n' ? ' ' : c;
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

class Postgres final : public Database {
 public:
  explicit Postgres(PostgresOptions options) : options_(std::move(options)) {}
  ~Postgres() override { PQfinish(handle_); }

  Result<void> connect() {
    PQfinish(handle_);
    const std::string timeout = std::to_string(options_.connect_timeout);
    const std::string settings =
        "-c statement_timeout=" + std::to_string(options_.statement_timeout_ms) + " -c synchronous_commit=on";
    // Also a server that is gone without a word is noticed: no statement waits for ever.
    const std::array<const char*, 11> names{"dbname",
                                            "password",
                                            "connect_timeout",
                                            "options",
                                            "application_name",
                                            "keepalives_idle",
                                            "keepalives_interval",
                                            "keepalives_count",
                                            "tcp_user_timeout",
                                            "client_encoding",
                                            nullptr};
    const std::array<const char*, 11> values{options_.url.c_str(),
                                             options_.password.empty() ? nullptr : options_.password.c_str(),
                                             timeout.c_str(),
                                             settings.c_str(),
                                             "sallyport",
                                             "5",
                                             "2",
                                             "3",
                                             "10000",
                                             "UTF8",
                                             nullptr};
    handle_ = PQconnectdbParams(names.data(), values.data(), 1);
    broken_ = PQstatus(handle_) != CONNECTION_OK;
    if (!broken_) {
      PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
      return {};
    }
    return std::unexpected(lost(one_line(PQerrorMessage(handle_))));
  }

  [[nodiscard]] std::string_view product() const override { return "PostgreSQL"; }

 protected:
  Result<void> ready() override {
    if (PQstatus(handle_) == CONNECTION_OK && !broken_) return {};
    return connect();
  }

  Result<Rows> execute(std::string_view sql, std::span<const Cell> cells) override {
    std::vector<std::string> texts(cells.size());
    std::vector<const char*> values(cells.size(), nullptr);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (std::holds_alternative<std::monostate>(cells[i])) continue;
      const auto* const number = std::get_if<std::int64_t>(&cells[i]);
      texts[i] = number != nullptr ? std::to_string(*number) : storable(std::get<std::string>(cells[i]));
      values[i] = texts[i].c_str();
    }
    const Answer answer(PQexecParams(handle_, std::string(sql).c_str(), static_cast<int>(cells.size()), nullptr,
                                     values.data(), nullptr, nullptr, 0),
                        PQclear);
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_COMMAND_OK) return Rows{};
    if (status == PGRES_TUPLES_OK) return rows_of(answer.get());
    std::string message = one_line(PQresultErrorMessage(answer.get()));
    if (message.empty()) message = one_line(PQerrorMessage(handle_));
    const char* const state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    // What has no SQLSTATE comes from libpq: the connection is gone, also while its status still says otherwise.
    if (PQstatus(handle_) != CONNECTION_OK || state == nullptr) {
      broken_ = true;
      return std::unexpected(lost(std::move(message)));
    }
    // 08: connection, 40: rolled back, 53: no resources, 57: intervention, as a shutdown.
    const std::string_view family = std::string_view(state).substr(0, 2);
    if (family == "08" || family == "40" || family == "53" || family == "57") {
      return std::unexpected(lost(std::move(message)));
    }
    return fail(ErrorCode::invalid, std::move(message), "PostgreSQL");
  }

 private:
  static Error lost(std::string message) {
    Error out;
    out.code = ErrorCode::unavailable;
    out.message = std::move(message);
    out.where = "PostgreSQL";
    out.retryable = true;
    return out;
  }

  static Rows rows_of(const PGresult* answer) {
    constexpr Oid int8 = 20, int2 = 21, int4 = 23;
    Rows rows;
    const int columns = PQnfields(answer);
    for (int i = 0; i < PQntuples(answer); ++i) {
      Row& row = rows.emplace_back();
      for (int j = 0; j < columns; ++j) {
        const std::string_view value(PQgetvalue(answer, i, j), static_cast<std::size_t>(PQgetlength(answer, i, j)));
        const Oid type = PQftype(answer, j);
        if (PQgetisnull(answer, i, j) != 0) {
          row.emplace_back();
        } else if (type == int8 || type == int4 || type == int2) {
          std::int64_t number = 0;
          std::from_chars(value.data(), value.data() + value.size(), number);
          row.emplace_back(number);
        } else {
          row.emplace_back(std::string(value));
        }
      }
    }
    return rows;
  }

  PostgresOptions options_;
  PGconn* handle_ = nullptr;
  bool broken_ = false;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options) {
  auto out = std::make_unique<Postgres>(options);
  if (auto connected = out->connect(); !connected) return std::unexpected(std::move(connected.error()));
  return out;
}

}  // namespace sallyport::store
