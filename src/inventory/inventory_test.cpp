#include "inventory/inventory.hpp"

#include <gtest/gtest.h>

#include "inventory/path_shape.hpp"

namespace sallyport::inventory {
namespace {

CallId id_of(std::uint8_t n) {
  CallId id;
  id.bytes[15] = n;
  return id;
}

events::RecordView record(RouteKind route, std::string_view path = "/a") {
  events::RecordView r;
  r.route = route;
  r.api = "shop";
  r.method = "GET";
  r.host = "shop.test";
  r.path = path;
  r.outcome = Outcome::denied;
  r.status = 404;
  r.time_us = 1'000'000'000;
  return r;
}

events::RecordView called(std::string_view path_template, std::uint64_t duration_us = 100) {
  events::RecordView r = record(RouteKind::operation);
  r.path_template = path_template;
  r.outcome = Outcome::forwarded;
  r.status = 200;
  r.duration_us = duration_us;
  return r;
}

Policy policy_of(std::initializer_list<const char*> templates) {
  auto api = std::make_unique<Api>();
  api->name = "shop";
  for (const char* path : templates) {
    Operation operation;
    operation.method_token = "GET";
    operation.path_template = path;
    operation.stage = Stage::deprecated;
    api->operations.push_back(operation);
  }
  Policy policy;
  policy.apis.push_back(std::move(api));
  return policy;
}

TEST(LiveCalls, KeepsTheNewestUpToItsNumber) {
  LiveCalls calls(3);
  for (std::uint8_t n = 1; n <= 3; ++n) {
    auto r = record(RouteKind::no_api);
    r.id = id_of(n);
    calls.add(r);
  }
  EXPECT_NE(calls.find(id_of(1)), nullptr);
  auto r = record(RouteKind::no_api);
  r.id = id_of(4);
  calls.add(r);
  EXPECT_EQ(calls.find(id_of(1)), nullptr);
  EXPECT_NE(calls.find(id_of(2)), nullptr);
  EXPECT_EQ(calls.after(std::nullopt, 10).calls.size(), 3u);
}

TEST(LiveCalls, KeepsTheNewestUpToItsBytes) {
  const std::string big(10'000, 'x');
  LiveCalls calls(100, 25'000);
  for (int i = 0; i < 5; ++i) {
    auto r = record(RouteKind::no_api);
    r.line = big;
    calls.add(r);
  }
  EXPECT_EQ(calls.after(std::nullopt, 100).calls.size(), 2u);
}

TEST(LiveCalls, GoesOnAfterANumber) {
  LiveCalls calls(3);
  EXPECT_EQ(calls.after(std::nullopt, 2).next, 0u);
  for (int i = 0; i < 5; ++i) calls.add(record(RouteKind::no_api));  // 3, 4, 5 are kept
  const auto seqs = [&](std::optional<std::uint64_t> after, std::size_t limit) {
    std::vector<std::uint64_t> out;
    for (const auto& call : calls.after(after, limit).calls) out.push_back(call->seq);
    return out;
  };
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(seqs(std::nullopt, 2), (Seqs{4, 5}));
  EXPECT_EQ(seqs(0, 2), (Seqs{3, 4}));
  EXPECT_EQ(seqs(4, 2), (Seqs{5}));
  EXPECT_EQ(seqs(5, 2), (Seqs{}));
  EXPECT_EQ(calls.after(5, 2).next, 5u);
  EXPECT_EQ(seqs(99, 2), (Seqs{4, 5})) << "a number of another process";
}

TEST(LiveCalls, ObservedAreOnlyTheDenialsThatWouldHaveBeen) {
  LiveCalls calls;
  const std::array notes{events::NoteView{"a", Note::Action::noted, "r", ""},
                         events::NoteView{"b", Note::Action::would_deny, "r", "d"}};
  auto r = record(RouteKind::no_api);
  r.query = "q=1";
  r.notes = notes;
  calls.add(r);
  const auto call = calls.after(std::nullopt, 1).calls.at(0);
  ASSERT_EQ(call->observed.size(), 1u);
  EXPECT_EQ(call->observed[0].control, "b");
  EXPECT_EQ(call->path, "/a?q=1");
}

TEST(DurationsTest, QuantilesAreNear) {
  Durations d;
  EXPECT_EQ(d.quantile(0.5), 0u);
  for (std::uint64_t us = 1; us <= 10'000; ++us) d.add(us);
  EXPECT_NEAR(static_cast<double>(d.quantile(0.5)), 5000, 5000 * 0.125);
  EXPECT_NEAR(static_cast<double>(d.quantile(0.99)), 9900, 9900 * 0.125);
  Durations huge;
  huge.add(~std::uint64_t{0});
  EXPECT_NEAR(static_cast<double>(huge.quantile(1)), 3.6e9, 3.6e9 * 0.125);
}

TEST(OperationsTest, DeclaredOnesAreListedAndCountsOutliveAReload) {
  Operations operations;
  operations.declare(policy_of({"/a", "/b"}));
  operations.add(called("/a"));
  auto failed = called("/a");
  failed.outcome = Outcome::failed;
  operations.add(failed);
  operations.declare(policy_of({"/a", "/c"}));
  const auto rows = operations.rows();
  ASSERT_EQ(rows.size(), 2u) << "/b was never called and is no longer declared";
  EXPECT_EQ(rows[0].path, "/a");
  EXPECT_EQ(rows[0].calls, 2u);
  EXPECT_EQ(rows[0].errors, 1u);
  EXPECT_EQ(rows[0].stage, "deprecated");
  EXPECT_NEAR(static_cast<double>(rows[0].p50_us), 100, 12.5);
  EXPECT_EQ(rows[1].path, "/c");
  EXPECT_EQ(rows[1].last_seen_us, 0);
  operations.declare(policy_of({"/c"}));
  EXPECT_EQ(operations.rows()[0].stage, "removed");
}

TEST(OperationsTest, CapDropsTheUndeclaredFirstThenStopsCounting) {
  Operations operations(2);
  operations.declare(policy_of({"/a"}));
  operations.add(called("/old"));
  EXPECT_EQ(operations.rows().size(), 2u);
  operations.add(called("/new"));
  EXPECT_EQ(operations.rows().size(), 2u);
  EXPECT_EQ(operations.rows()[1].path, "/new");
  operations.declare(policy_of({"/a", "/b"}));
  operations.add(called("/x"));
  EXPECT_EQ(operations.uncounted(), 1u);
  EXPECT_EQ(operations.rows()[1].path, "/b");
}

TEST(OperationsTest, InventedMethodsShareARow) {
  Operations operations;
  for (const char* method : {"GET", "AAA", "BBB"}) {
    auto r = called("/");
    r.route = RouteKind::prefix;
    r.method = method;
    operations.add(r);
  }
  EXPECT_EQ(operations.rows().size(), 2u);
}

struct Shape {
  const char* path;
  const char* shape;
};
class PathShape : public testing::TestWithParam<Shape> {};
TEST_P(PathShape, Is) { EXPECT_EQ(path_shape(GetParam().path), GetParam().shape); }
INSTANTIATE_TEST_SUITE_P(
    All, PathShape,
    testing::Values(Shape{"/", "/"}, Shape{"", ""}, Shape{"*", "*"}, Shape{"/orders/17", "/orders/{}"},
                    Shape{"/orders/17/", "/orders/{}/"}, Shape{"/v1/orders", "/v1/orders"},
                    Shape{"/u/0190e5a0-7b1c-7c3e-8a55-0123456789ab/x", "/u/{}/x"},
                    Shape{"/o/507f1f77bcf86cd799439011", "/o/{}"}, Shape{"/o/507f1f77bcf8", "/o/{}"},
                    Shape{"/o/507f1f77bc7", "/o/507f1f77bc7"}, Shape{"/o/507f1f77bcg7", "/o/507f1f77bcg7"},
                    Shape{"/o/deadbeefdeadbeef", "/o/deadbeefdeadbeef"}, Shape{"/t/eyJhbGciOiJIUzI1NiJ9.eyJz", "/t/{}"},
                    Shape{"/get-all-customer-orders-of-2024", "/get-all-customer-orders-of-2024"}));

TEST(PathShapeLimits, LongSegmentsPathsAndManyPartsAreCut) {
  EXPECT_EQ(path_shape("/" + std::string(64, 'a')), "/" + std::string(64, 'a'));
  EXPECT_EQ(path_shape("/" + std::string(65, 'a')), "/{}");
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "/a";
  EXPECT_LE(path_shape(deep).size(), max_shape + 3);
  std::string wide;
  for (int i = 0; i < 20; ++i) wide += "/" + std::string(60, 'a');
  EXPECT_LE(path_shape(wide).size(), max_shape + 3);
  EXPECT_TRUE(path_shape(wide).ends_with("…"));
}

TEST(ShadowTest, GroupsByShapeAndCountsClients) {
  Shadow shadow;
  for (int i = 0; i < 70; ++i) {
    const std::string path = "/orders/" + std::to_string(i);
    auto r = record(RouteKind::unknown_path, path);
    r.client.bytes[15] = static_cast<std::uint8_t>(i < 64 ? i : 63);
    shadow.add(r);
  }
  ASSERT_EQ(shadow.rows().size(), 1u);
  EXPECT_EQ(shadow.rows()[0].calls, 70u);
  EXPECT_EQ(shadow.rows()[0].clients, 64u);
  EXPECT_FALSE(shadow.rows()[0].more_clients);
  auto r = record(RouteKind::unknown_path, "/orders/1");
  r.client.bytes[15] = 64;
  shadow.add(r);
  EXPECT_EQ(shadow.rows()[0].clients, 64u);
  EXPECT_TRUE(shadow.rows()[0].more_clients);
}

TEST(ShadowTest, DeclaredCallsAndUnreadableOnesAreNone) {
  Shadow shadow;
  shadow.add(record(RouteKind::operation));
  shadow.add(record(RouteKind::prefix));
  auto unreadable = record(RouteKind::no_api);
  unreadable.method = "";
  shadow.add(unreadable);
  EXPECT_TRUE(shadow.rows().empty());
}

TEST(ShadowTest, ANewGroupTakesThePlaceOfTheLeastRecentlySeen) {
  Shadow shadow(2);
  shadow.add(record(RouteKind::no_api, "/a"));
  shadow.add(record(RouteKind::no_api, "/b"));
  shadow.add(record(RouteKind::no_api, "/a"));
  EXPECT_EQ(shadow.rows().size(), 2u);
  shadow.add(record(RouteKind::no_api, "/c"));
  const auto rows = shadow.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].path, "/c");
  EXPECT_EQ(rows[1].path, "/a");
}

TEST(TotalsTest, CountsAndSeries) {
  Totals totals;
  const std::int64_t now = 1'000'000'000'000;
  auto r = record(RouteKind::no_api);
  const auto at = [&](std::int64_t time_us, Outcome outcome) {
    r.time_us = time_us;
    r.outcome = outcome;
    totals.add(r);
  };
  at(now, Outcome::forwarded);
  at(now - std::int64_t{59} * 5'000'000, Outcome::denied);
  at(now - std::int64_t{60} * 5'000'000, Outcome::aborted);  // no longer in the series, and its slot is taken
  EXPECT_EQ(totals.sum().calls(), 3u);
  EXPECT_EQ(totals.sum().failed, 1u);
  const auto series = totals.series(now);
  EXPECT_EQ(series.end_us, now + 5'000'000);
  EXPECT_EQ(series.tally[59].forwarded, 1u);
  EXPECT_EQ(series.tally[59].failed, 0u);
  EXPECT_EQ(series.tally[0].denied, 1u);
  EXPECT_EQ(totals.series(now + 3'600'000'000).tally[59].calls(), 0u);
}

}  // namespace
}  // namespace sallyport::inventory
