// Statements, cells, transactions and migrations; the files and servers behind them.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "store/testing/store_test.hpp"

namespace sallyport::store {
namespace {

class DatabaseTest : public testing::StoreTest {};

TEST_P(DatabaseTest, CellsComeBackAsTheyWere) {
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

TEST_P(DatabaseTest, BytesThatAreNoTextAreReplaced) {
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

TEST_P(DatabaseTest, AStatementThatIsWrongIsInvalid) {
  const auto rows = database->run("SELECT nothing FROM nowhere");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::invalid);
  EXPECT_FALSE(rows.error().retryable);
}

TEST_P(DatabaseTest, ATransactionIsAllOrNothing) {
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

TEST_P(DatabaseTest, MigrationsRunOnceAndNewerStoresAreRefused) {
  migrated();
  migrated();
  EXPECT_EQ(one("SELECT COUNT(*) FROM migrations"), schema_version());
  const std::array<Cell, 1> newer{schema_version() + 1};
  ASSERT_TRUE(database->run("INSERT INTO migrations (version, applied_us) VALUES ($1, 0)", newer));
  const auto refused = migrate(*database, 2);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().hint.contains("newer program"));
}

SALLYPORT_ON_BOTH_PRODUCTS(DatabaseTest);

TEST(Postgres, APasswordIsNoPartOfErrors) {
  const auto opened =
      open_postgres({.url = "postgres:///x?host=/nonexistent", .password = "hunter2-secret", .connect_timeout = 1});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(opened.error().text().contains("hunter2"));
}

TEST(SqliteFile, IsItsOwnersAlone) {
  ScratchFolder folder;
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
  ScratchFolder folder;
  const std::string path = folder.file("store.db");
  std::ofstream(path) << std::string(5000, 'x');
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  auto opened = open_sqlite(path);
  EXPECT_FALSE(opened);
}

}  // namespace
}  // namespace sallyport::store
