// The same tests on SQLite and on PostgreSQL. Long because one fixture runs all tables on both.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/keeper.hpp"
#include "store/tables.hpp"
#include "store/testing/postgres_server.hpp"

namespace sallyport::store {
namespace {

enum class Product : std::uint8_t { sqlite, postgres };

class Folder {
 public:
  Folder() {
    std::string name = "/tmp/sallyport_store_XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class StoreTest : public ::testing::TestWithParam<Product> {
 protected:
  void SetUp() override {
    if (GetParam() == Product::postgres && testing::PostgresServer::get() == nullptr) {
      GTEST_SKIP() << "skipped: no PostgreSQL";
    }
    database = connect();
    if (GetParam() == Product::postgres) {
      ASSERT_TRUE(database->run("DROP SCHEMA public CASCADE"));
      ASSERT_TRUE(database->run("CREATE SCHEMA public"));
    }
  }
  std::unique_ptr<Database> connect() {
    auto opened = GetParam() == Product::sqlite
                      ? open_sqlite(folder.file("store.db"))
                      : open_postgres({.url = testing::PostgresServer::get()->url(), .password = {}});
    EXPECT_TRUE(opened) << opened.error().text();
    return opened ? std::move(*opened) : nullptr;
  }
  std::int64_t one(std::string_view sql) {
    const auto rows = database->run(sql);
    EXPECT_TRUE(rows) << rows.error().text();
    return rows && !rows->empty() ? integer(rows->front().front()) : -1;
  }
  void migrated() {
    const auto done = migrate(*database, 1);
    ASSERT_TRUE(done) << done.error().text();
  }

  Folder folder;
  std::unique_ptr<Database> database;
};

TEST_P(StoreTest, CellsComeBackAsTheyWere) {
  ASSERT_TRUE(database->run("CREATE TABLE t (a BIGINT, b TEXT)"));
  const std::string odd = "ä'\"$1; DROP TABLE t --\n\xf0\x9f\x94\x92";
  const std::array<Cell, 2> cells{std::numeric_limits<std::int64_t>::min(), odd};
  ASSERT_TRUE(database->run("INSERT INTO t (b, a) VALUES ($2, $1)", cells));
  const std::array<Cell, 2> nothing{};
  ASSERT_TRUE(database->run("INSERT INTO t (a, b) VALUES ($1, $2)", nothing));
  const auto rows = database->run("SELECT a, b FROM t ORDER BY a");
  ASSERT_TRUE(rows) << rows.error().text();
  ASSERT_EQ(rows->size(), 2u);
  const bool null_first = std::holds_alternative<std::monostate>(rows->at(0)[0]);
  const Row& full = rows->at(null_first ? 1 : 0);
  EXPECT_EQ(integer(full[0]), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(text(full[1]), odd);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(rows->at(null_first ? 0 : 1)[1]));
}

TEST_P(StoreTest, BytesThatAreNoTextAreReplaced) {
  ASSERT_TRUE(database->run("CREATE TABLE t (b TEXT)"));
  const std::array<Cell, 1> cells{
      std::string("a\0b\xff"
                  "c",
                  5)};
  ASSERT_TRUE(database->run("INSERT INTO t (b) VALUES ($1)", cells));
  const auto rows = database->run("SELECT b FROM t");
  ASSERT_TRUE(rows);
  EXPECT_EQ(text(rows->at(0)[0]),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd"
            "c");
}

TEST_P(StoreTest, AStatementThatIsWrongIsInvalid) {
  const auto rows = database->run("SELECT nothing FROM nowhere");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::invalid);
  EXPECT_FALSE(rows.error().retryable);
}

TEST_P(StoreTest, ATransactionIsAllOrNothing) {
  ASSERT_TRUE(database->run("CREATE TABLE t (a BIGINT PRIMARY KEY)"));
  const auto insert = [&](std::int64_t value) -> Result<void> {
    const std::array<Cell, 1> cells{value};
    auto done = database->run("INSERT INTO t (a) VALUES ($1)", cells);
    if (!done) return std::unexpected(done.error());
    return {};
  };
  const auto failed = database->transact([&]() -> Result<void> {
    if (auto done = insert(1); !done) return done;
    return insert(1);
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(one("SELECT COUNT(*) FROM t"), 0);
  EXPECT_TRUE(database->transact([&] { return insert(1); }));
  EXPECT_EQ(one("SELECT COUNT(*) FROM t"), 1);
  const auto nested = database->transact([&] { return database->transact([&] { return insert(2); }); });
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().code, ErrorCode::internal);
}

TEST_P(StoreTest, MigrationsRunOnceAndNewerStoresAreRefused) {
  migrated();
  migrated();
  EXPECT_EQ(one("SELECT COUNT(*) FROM migrations"), schema_version());
  const std::array<Cell, 1> newer{schema_version() + 1};
  ASSERT_TRUE(database->run("INSERT INTO migrations (version, applied_us) VALUES ($1, 0)", newer));
  const auto refused = migrate(*database, 2);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().hint.contains("newer program"));
}

inventory::Endpoints::Saved saved(const std::string& path) {
  inventory::Endpoints::Saved out;
  inventory::Endpoint& known = out.known;
  known.api = "shop";
  known.method = "GET";
  known.path = path;
  known.declared = true;
  known.first_seen_us = 5;
  known.last_seen_us = 9;
  known.calls = 1'000'000'000'000;
  known.denied = 2;
  known.errors = 3;
  known.answered = 4;
  known.absent = 5;
  known.auth_failures = 6;
  known.statuses = {1, 2, 3, 4, 5};
  known.bytes_in = 7;
  known.bytes_out = 8;
  known.misfits = 9;
  known.last_misfit = "body /x: type";
  known.auth = {{"jwt", 7}, {"none", 1}};
  known.data.push_back({"card", "pci", "/n", true, 3, 8});
  out.callers.add(0x1234567890abcdef);
  return out;
}

TEST_P(StoreTest, EndpointsComeBackAsTheyWere) {
  migrated();
  const std::array all{saved("/a"), saved("/b")};
  ASSERT_TRUE(save_endpoints(*database, all));
  auto again = saved("/a");
  again.known.calls += 1;
  again.known.last_seen_us = 10;
  ASSERT_TRUE(save_endpoints(*database, std::array{again}));
  const auto loaded = load_endpoints(*database, 10);
  ASSERT_TRUE(loaded) << loaded.error().text();
  ASSERT_EQ(loaded->size(), 2u);
  const inventory::Endpoint& known = loaded->at(0).known;
  EXPECT_EQ(known.path, "/a") << "the newest first";
  EXPECT_TRUE(known.declared);
  EXPECT_EQ(known.calls, 1'000'000'000'001u);
  EXPECT_EQ(known.first_seen_us, 5);
  EXPECT_EQ(known.denied, 2u);
  EXPECT_EQ(known.errors, 3u);
  EXPECT_EQ(known.answered, 4u);
  EXPECT_EQ(known.absent, 5u);
  EXPECT_EQ(known.auth_failures, 6u);
  EXPECT_EQ(known.statuses, (std::array<std::uint64_t, 5>{1, 2, 3, 4, 5}));
  EXPECT_EQ(known.bytes_in, 7u);
  EXPECT_EQ(known.bytes_out, 8u);
  EXPECT_EQ(known.misfits, 9u);
  EXPECT_EQ(known.last_misfit, "body /x: type");
  EXPECT_EQ(known.auth, saved("/a").known.auth);
  ASSERT_EQ(known.data.size(), 1u);
  EXPECT_EQ(known.data[0].type, "card");
  EXPECT_EQ(known.data[0].place, "/n");
  EXPECT_TRUE(known.data[0].response);
  EXPECT_EQ(known.data[0].last_seen_us, 8);
  EXPECT_EQ(loaded->at(0).callers.bytes(), saved("/a").callers.bytes());
  EXPECT_EQ(load_endpoints(*database, 1)->size(), 1u);
}

TEST_P(StoreTest, ARowThatCannotBeReadIsPassedOver) {
  migrated();
  ASSERT_TRUE(save_endpoints(*database, std::array{saved("/a"), saved("/b")}));
  ASSERT_TRUE(database->run("UPDATE endpoints SET callers = 'x' WHERE path = '/a'"));
  const auto loaded = load_endpoints(*database, 10);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->size(), 1u);
  EXPECT_EQ(loaded->at(0).known.path, "/b");
}

inventory::Rollup rollup(std::int64_t start_s, const char* path = "/a", std::uint64_t calls = 1) {
  inventory::Rollup out;
  out.start_s = start_s;
  out.api = "shop";
  out.method = "GET";
  out.path = path;
  out.calls = calls;
  out.bytes_out = 10;
  return out;
}

TEST_P(StoreTest, RollupsAreAddedToMinuteHourAndDay) {
  migrated();
  ASSERT_TRUE(add_rollups(*database, std::array{rollup(0), rollup(60), rollup(3600), rollup(0, "/b", 5)}));
  ASSERT_TRUE(add_rollups(*database, std::array{rollup(0, "/a", 2)}));
  const auto calls = [&](Span span, std::string path = {}) {
    SeriesQuery query{.span = span, .from_s = 0, .to_s = 86'400, .api = "shop", .method = {}, .path = std::move(path)};
    std::vector<std::pair<std::int64_t, std::uint64_t>> out;
    const auto steps = series(*database, query);
    EXPECT_TRUE(steps) << steps.error().text();
    for (const auto& step : *steps) out.emplace_back(step.start_s, step.calls);
    return out;
  };
  using Steps = std::vector<std::pair<std::int64_t, std::uint64_t>>;
  EXPECT_EQ(calls(Span::minute), (Steps{{0, 8}, {60, 1}, {3600, 1}}));
  EXPECT_EQ(calls(Span::minute, "/a"), (Steps{{0, 3}, {60, 1}, {3600, 1}}));
  EXPECT_EQ(calls(Span::hour), (Steps{{0, 9}, {3600, 1}}));
  EXPECT_EQ(calls(Span::day), (Steps{{0, 10}}));
  EXPECT_EQ(series(*database, {.span = Span::minute, .from_s = 60, .to_s = 3600, .api = {}, .method = {}, .path = {}})
                ->size(),
            1u);
  ASSERT_TRUE(prune_rollups(*database, {.minutes_from_s = 3600, .hours_from_s = 3600, .days_from_s = 0}));
  EXPECT_EQ(calls(Span::minute), (Steps{{3600, 1}}));
  EXPECT_EQ(calls(Span::hour), (Steps{{3600, 1}}));
  EXPECT_EQ(calls(Span::day), (Steps{{0, 10}}));
}

TEST_P(StoreTest, FindingsComeBackAsTheyWere) {
  migrated();
  inventory::Finding finding;
  finding.id = "attack shop GET /a";
  finding.severity = inventory::Severity::high;
  finding.standing = inventory::Standing::accepted;
  finding.api = "shop";
  finding.method = "GET";
  finding.path = "/a";
  finding.title = "Attacks were stopped";
  finding.times = 7;
  finding.first_seen_us = 1;
  finding.last_seen_us = 2;
  finding.evidence.push_back({{{1, 2}}, 5, "sql: \"quoted\""});
  ASSERT_TRUE(save_findings(*database, std::array{finding}));
  finding.times = 8;
  ASSERT_TRUE(save_findings(*database, std::array{finding}));
  const auto loaded = load_findings(*database, 9);
  ASSERT_TRUE(loaded) << loaded.error().text();
  ASSERT_EQ(loaded->size(), 1u);
  const inventory::Finding& back = loaded->front();
  EXPECT_EQ(back.id, finding.id);
  EXPECT_EQ(back.kind, inventory::FindingKind::attack);
  EXPECT_EQ(back.severity, inventory::Severity::high);
  EXPECT_EQ(back.standing, inventory::Standing::accepted);
  EXPECT_EQ(back.times, 8u);
  EXPECT_EQ(back.title, finding.title);
  EXPECT_EQ(back.first_seen_us, 1);
  ASSERT_EQ(back.evidence.size(), 1u);
  EXPECT_EQ(back.evidence[0].call, finding.evidence[0].call);
  EXPECT_EQ(back.evidence[0].text, finding.evidence[0].text);
  ASSERT_TRUE(database->run("UPDATE findings SET kind = 'unheard of'"));
  EXPECT_TRUE(load_findings(*database, 9)->empty());
}

TEST_P(StoreTest, SettingsAreReplaced) {
  migrated();
  EXPECT_EQ(*setting(*database, "a"), std::nullopt);
  ASSERT_TRUE(set_setting(*database, "a", "1"));
  ASSERT_TRUE(set_setting(*database, "a", "2"));
  EXPECT_EQ(*setting(*database, "a"), "2");
}

class AuditTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped()) return;
    migrated();
    reopen();
    for (int i = 1; i <= 4; ++i) ASSERT_TRUE(log->append({0, i, "admin", "login", "x" + std::to_string(i), ""}));
  }
  void reopen() {
    auto opened = AuditLog::open(*database, folder.path());
    ASSERT_TRUE(opened) << opened.error().text();
    log.emplace(std::move(*opened));
  }
  AuditCheck check() {
    auto checked = log->verify();
    EXPECT_TRUE(checked) << checked.error().text();
    return checked.value_or(AuditCheck{});
  }
  void spoil(std::string_view sql) { ASSERT_TRUE(database->run(sql)); }
  std::optional<AuditLog> log;
};

TEST_P(AuditTest, AnIntactLogIsCounted) {
  EXPECT_TRUE(check().intact);
  EXPECT_EQ(check().entries, 4u);
  reopen();
  ASSERT_TRUE(log->append({0, 9, "admin", "logout", "", ""}));
  EXPECT_TRUE(check().intact) << "the key is kept";
  EXPECT_EQ(check().entries, 5u);
}

TEST_P(AuditTest, AChangedEntryIsFound) {
  for (const char* change : {"actor = 'nobody'", "action = 'x'", "object = 'x'", "detail = 'x'", "time_us = 7"}) {
    spoil(std::string("UPDATE audit SET ") + change + " WHERE seq = 2");
    EXPECT_FALSE(check().intact) << change;
    EXPECT_EQ(check().broken_at, 2);
    spoil("UPDATE audit SET actor = 'admin', action = 'login', object = 'x2', detail = '', time_us = 2 WHERE seq = 2");
    EXPECT_TRUE(check().intact);
  }
}

TEST_P(AuditTest, AMissingEntryIsFound) {
  spoil("DELETE FROM audit WHERE seq = 3");
  EXPECT_EQ(check().broken_at, 3);
  EXPECT_EQ(check().why, "entry 3 is missing");
}

TEST_P(AuditTest, ACutEndIsFound) {
  spoil("DELETE FROM audit WHERE seq = 4");
  EXPECT_EQ(check().why, "entries 4 to 4 are missing at the end");
  std::filesystem::remove(folder.file("audit.head"));
  EXPECT_FALSE(check().intact) << "without its head it is not believed";
}

TEST_P(AuditTest, PartsCannotChangePlaces) {
  spoil("UPDATE audit SET object = '', detail = 'x2' WHERE seq = 2");
  EXPECT_EQ(check().broken_at, 2);
}

TEST_P(AuditTest, AnotherKeyDoesNotFit) {
  std::filesystem::remove(folder.file("audit.key"));
  reopen();
  EXPECT_EQ(check().broken_at, 1);
}

TEST_P(AuditTest, AnEntryMoreThanTheHeadIsACrashAndNoHarm) {
  std::filesystem::copy(folder.file("audit.head"), folder.file("old"));
  ASSERT_TRUE(log->append({0, 5, "admin", "login", "x5", ""}));
  std::filesystem::rename(folder.file("old"), folder.file("audit.head"));
  EXPECT_TRUE(check().intact);
}

TEST_P(AuditTest, ThePageIsNewestFirst) {
  const auto page = log->page(0, 2);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ(page->at(0).seq, 4);
  EXPECT_EQ(page->at(0).object, "x4");
  EXPECT_EQ(log->page(3, 9)->size(), 2u);
}

events::RecordView call() {
  events::RecordView r;
  r.route = RouteKind::operation;
  r.api = "shop";
  r.method = "GET";
  r.path_template = "/a";
  r.outcome = Outcome::forwarded;
  r.status = 200;
  r.time_us = 90'000'000;
  r.actor.how = "jwt";
  r.actor.subject = "ana";
  return r;
}

Policy policy() {
  auto api = std::make_unique<Api>();
  api->name = "shop";
  api->has_spec = true;
  Operation operation;
  operation.method_token = "GET";
  operation.path_template = "/a";
  api->operations.push_back(operation);
  Policy out;
  out.apis.push_back(std::move(api));
  return out;
}

TEST_P(StoreTest, TheInventoryGoesOnAfterARestart) {
  std::vector<std::string> said;
  const KeeperOptions options{.clock = [] { return std::int64_t{100'000'000}; },
                              .complain = [&](std::string_view line) { said.emplace_back(line); }};
  for (int run = 1; run <= 3; ++run) {
    inventory::Inventory inventory(SipKey{5}, 200'000'000);
    inventory.declare(policy());
    auto keeper = Keeper::open(*database, inventory, options);
    ASSERT_TRUE(keeper) << keeper.error().text();
    inventory.add(call());
    (*keeper)->start();
    (*keeper)->stop();  // a last round
    const auto rows = inventory.endpoints.rows(100'000'000);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].calls, static_cast<std::uint64_t>(run));
    EXPECT_EQ(rows[0].callers, 1u);
    EXPECT_EQ((*keeper)->stats().rounds, 1u);
    auto attack = call();
    attack.outcome = Outcome::denied;
    attack.control = "waf";
    inventory.findings.add(attack);
    ASSERT_TRUE((*keeper)->step());
    EXPECT_EQ(inventory.findings.find("attack shop GET /a")->times, static_cast<std::uint64_t>(run));
  }
  const auto steps =
      series(*database, {.span = Span::minute, .from_s = 0, .to_s = 1000, .api = {}, .method = {}, .path = {}});
  ASSERT_TRUE(steps);
  ASSERT_EQ(steps->size(), 1u);
  EXPECT_EQ(steps->at(0).start_s, 60);
  EXPECT_EQ(steps->at(0).calls, 3u);
  EXPECT_TRUE(said.empty());
}

INSTANTIATE_TEST_SUITE_P(Both, StoreTest, ::testing::Values(Product::sqlite, Product::postgres),
                         [](const auto& one) { return one.param == Product::sqlite ? "Sqlite" : "Postgres"; });
INSTANTIATE_TEST_SUITE_P(Both, AuditTest, ::testing::Values(Product::sqlite, Product::postgres),
                         [](const auto& one) { return one.param == Product::sqlite ? "Sqlite" : "Postgres"; });

TEST(Postgres, AServerThatWasAwayLosesNothing) {
  auto* const server = testing::PostgresServer::get();
  if (server == nullptr) GTEST_SKIP() << "skipped: no PostgreSQL";
  auto opened = open_postgres({.url = server->url(), .password = {}});
  ASSERT_TRUE(opened) << opened.error().text();
  Database& database = **opened;
  ASSERT_TRUE(database.run("DROP SCHEMA public CASCADE"));
  ASSERT_TRUE(database.run("CREATE SCHEMA public"));
  inventory::Inventory inventory(SipKey{5}, 0);
  inventory.declare(policy());
  auto keeper = Keeper::open(database, inventory,
                             {.clock = [] { return std::int64_t{100'000'000}; }, .complain = [](std::string_view) {}});
  ASSERT_TRUE(keeper) << keeper.error().text();
  inventory.add(call());
  ASSERT_TRUE(server->stop());
  const auto failed = (*keeper)->step();
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().retryable) << failed.error().text();
  inventory.add(call());
  ASSERT_TRUE(server->start());
  const auto done = (*keeper)->step();
  ASSERT_TRUE(done) << done.error().text();
  const auto steps =
      series(database, {.span = Span::day, .from_s = 0, .to_s = 86'400, .api = {}, .method = {}, .path = {}});
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->at(0).calls, 2u);
  EXPECT_EQ(load_endpoints(database, 9)->at(0).known.calls, 2u);
}

TEST(Postgres, APasswordIsNoPartOfErrors) {
  const auto opened =
      open_postgres({.url = "postgres:///x?host=/nonexistent", .password = "hunter2-secret", .connect_timeout = 1});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(opened.error().text().contains("hunter2"));
}

TEST(SqliteFile, IsItsOwnersAlone) {
  Folder folder;
  const std::string path = folder.file("store.db");
  {
    auto opened = open_sqlite(path);
    ASSERT_TRUE(opened) << opened.error().text();
    ASSERT_TRUE((*opened)->run("CREATE TABLE t (a BIGINT)"));
    struct stat state{};
    ASSERT_EQ(::stat(path.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777u, 0600u);
    const auto mode = (*opened)->run("PRAGMA journal_mode");
    EXPECT_EQ(text(mode->at(0)[0]), "wal");
    const auto sync = (*opened)->run("PRAGMA synchronous");
    EXPECT_EQ(integer(sync->at(0)[0]), 2) << "FULL: a commit is on disk";
  }
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_FALSE(open_sqlite(path));
}

TEST(SqliteFile, RubbishIsAnError) {
  Folder folder;
  const std::string path = folder.file("store.db");
  std::ofstream(path) << std::string(5000, 'x');
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  auto opened = open_sqlite(path);
  EXPECT_FALSE(opened);
}

}  // namespace
}  // namespace sallyport::store
