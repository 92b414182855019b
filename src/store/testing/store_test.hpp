// For tests of what both products of database must do alike: the same test runs on SQLite and, where
// PostgreSQL is installed, on a server of its own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

#include "base/testing/scratch_folder.hpp"
#include "store/database.hpp"
#include "store/tables.hpp"
#include "store/testing/postgres_server.hpp"

namespace sallyport::store::testing {

enum class Product : std::uint8_t { sqlite, postgres };

class StoreTest : public ::testing::TestWithParam<Product> {
 protected:
  void SetUp() override {
    if (GetParam() == Product::postgres) {
      // The tests pass on machines without it; tools/setup installs it.
      if (!PostgresServer::is_installed()) GTEST_SKIP() << "skipped: no PostgreSQL";
      ASSERT_NE(PostgresServer::get(), nullptr) << "PostgreSQL does not start";
    }
    database = connect();
    if (GetParam() == Product::postgres) {
      ASSERT_TRUE(database->run("DROP SCHEMA public CASCADE"));
      ASSERT_TRUE(database->run("CREATE SCHEMA public"));
    }
  }
  std::unique_ptr<Database> connect() {
    auto opened = GetParam() == Product::sqlite ? open_sqlite(folder.file("store.db"))
                                                : open_postgres({.url = PostgresServer::get()->url(), .password = {}});
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

  ScratchFolder folder;
  std::unique_ptr<Database> database;
};

#define SALLYPORT_ON_BOTH_PRODUCTS(suite)                                                   \
  INSTANTIATE_TEST_SUITE_P(                                                                 \
      Both, suite, ::testing::Values(testing::Product::sqlite, testing::Product::postgres), \
      [](const auto& one) { return one.param == testing::Product::sqlite ? "Sqlite" : "Postgres"; })

}  // namespace sallyport::store::testing
