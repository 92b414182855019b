// Endpoints, rollups, findings and settings come back as they were.
#include <gtest/gtest.h>

#include "store/testing/store_test.hpp"

namespace sallyport::store {
namespace {

class TablesTest : public testing::StoreTest {};

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

TEST_P(TablesTest, EndpointsComeBackAsTheyWere) {
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

TEST_P(TablesTest, ARowThatCannotBeReadIsPassedOver) {
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

TEST_P(TablesTest, RollupsAreAddedToMinuteHourAndDay) {
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

TEST_P(TablesTest, FindingsComeBackAsTheyWere) {
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

TEST_P(TablesTest, SettingsAreReplaced) {
  migrated();
  EXPECT_EQ(*setting(*database, "a"), std::nullopt);
  ASSERT_TRUE(set_setting(*database, "a", "1"));
  ASSERT_TRUE(set_setting(*database, "a", "2"));
  EXPECT_EQ(*setting(*database, "a"), "2");
}

SALLYPORT_ON_BOTH_PRODUCTS(TablesTest);

}  // namespace
}  // namespace sallyport::store
