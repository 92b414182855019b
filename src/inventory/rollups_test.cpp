#include "inventory/rollups.hpp"

#include <gtest/gtest.h>

namespace sallyport::inventory {
namespace {

events::RecordView call(std::string_view path, std::int64_t second, RouteKind route = RouteKind::operation) {
  events::RecordView r;
  r.route = route;
  r.api = "shop";
  r.method = "GET";
  r.path_template = path;
  r.outcome = Outcome::forwarded;
  r.status = 200;
  r.duration_us = 10;
  r.bytes_out = 5;
  r.time_us = second * 1'000'000;
  return r;
}

TEST(RollupsTest, AMinuteOfAnEndpointIsOneCell) {
  Rollups rollups;
  rollups.add(call("/a", 60));
  auto denied = call("/a", 119);
  denied.outcome = Outcome::denied;
  denied.status = 403;
  rollups.add(denied);
  rollups.add(call("/a", 120));
  rollups.add(call("/x", 60, RouteKind::unknown_path));
  rollups.add(call("/y", 60, RouteKind::unknown_path));
  auto taken = rollups.take();
  ASSERT_EQ(taken.size(), 3u);
  std::ranges::sort(taken, {}, [](const Rollup& r) { return std::tie(r.start_s, r.path); });
  EXPECT_EQ(taken[0].path, "") << "of what no specification has";
  EXPECT_EQ(taken[0].calls, 2u);
  EXPECT_EQ(taken[1].start_s, 60);
  EXPECT_EQ(taken[1].calls, 2u);
  EXPECT_EQ(taken[1].denied, 1u);
  EXPECT_EQ(taken[1].auth_failures, 1u);
  EXPECT_EQ(taken[1].duration_us, 10u) << "of forwarded calls";
  EXPECT_EQ(taken[1].bytes_out, 10u);
  EXPECT_EQ(taken[2].start_s, 120);
  EXPECT_TRUE(rollups.take().empty());
}

TEST(RollupsTest, WhatIsGivenBackIsAddedToWhatCame) {
  Rollups rollups;
  rollups.add(call("/a", 60));
  const auto taken = rollups.take();
  rollups.add(call("/a", 61));
  rollups.give_back(taken);
  const auto again = rollups.take();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].calls, 2u);
}

TEST(RollupsTest, BeyondItsCellsCallsAreCountedAsLost) {
  Rollups rollups(2);
  rollups.add(call("/a", 60));
  rollups.add(call("/b", 60));
  rollups.add(call("/a", 60));
  EXPECT_EQ(rollups.lost(), 0u);
  rollups.add(call("/c", 60));
  EXPECT_EQ(rollups.lost(), 1u);
  EXPECT_EQ(rollups.take().size(), 2u);
}

}  // namespace
}  // namespace sallyport::inventory
