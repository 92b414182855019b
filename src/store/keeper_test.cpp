// What was counted survives restarts, and databases that are away.
#include <gtest/gtest.h>

#include "store/keeper.hpp"
#include "store/testing/store_test.hpp"

namespace sallyport::store {
namespace {

class KeeperTest : public testing::StoreTest {};

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

TEST_P(KeeperTest, TheInventoryGoesOnAfterARestart) {
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

SALLYPORT_ON_BOTH_PRODUCTS(KeeperTest);

TEST(Postgres, AServerThatWasAwayLosesNothing) {
  // The tests pass on machines without it; tools/setup installs it.
  if (!testing::PostgresServer::is_installed()) GTEST_SKIP() << "skipped: no PostgreSQL";
  auto* const server = testing::PostgresServer::get();
  ASSERT_NE(server, nullptr) << "PostgreSQL does not start";
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

}  // namespace
}  // namespace sallyport::store
