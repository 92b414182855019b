#include "shared/calendar.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace sallyport::shared {
namespace {

constexpr std::int64_t second = 1'000'000;

TEST(Calendar, UtcDayAndMonthEnd) {
  const TimeZone utc;
  EXPECT_EQ(utc.end_of(Period::day, 1'709'164'800 * second), 1'709'251'200 * second);      // 2024-02-29 00:00
  EXPECT_EQ(utc.end_of(Period::day, 1'709'251'200 * second - 1), 1'709'251'200 * second);  // its last moment
  EXPECT_EQ(utc.end_of(Period::month, 1'709'164'800 * second), 1'709'251'200 * second);    // a leap year's
  EXPECT_EQ(utc.end_of(Period::month, 1'703'980'800 * second), 1'704'067'200 * second);    // and December's
  EXPECT_EQ(utc.end_of(Period::hour, 1'709'164'801 * second), 1'709'168'400 * second);
}

// The C library reads the same files another way.
TEST(Calendar, AgreesWithTheCLibraryAboutEveryHourOfAYear) {
  for (const char* name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}) {
    const auto zone = TimeZone::load(name);
    ASSERT_TRUE(zone) << zone.error().text();
    ::setenv("TZ", name, 1);
    ::tzset();
    for (std::int64_t at = 1'704'067'200; at < 1'704'067'200 + 366 * 86'400; at += 3'600) {
      const std::time_t moment = at;
      std::tm local{};
      ::localtime_r(&moment, &local);
      ASSERT_EQ(zone->offset(at), local.tm_gmtoff) << name << ' ' << at;
      const std::time_t end = zone->end_of(Period::day, at * second) / second;
      std::tm midnight{};
      ::localtime_r(&end, &midnight);
      ASSERT_EQ(midnight.tm_hour * 3600 + midnight.tm_min * 60 + midnight.tm_sec, 0) << name << ' ' << at;
      ASSERT_GT(end, at);
      ASSERT_LE(end, at + 25 * 3'600);
    }
  }
  ::unsetenv("TZ");
  ::tzset();
}

TEST(Calendar, WhatIsNoZoneIsRefused) {
  EXPECT_FALSE(TimeZone::load("Europe/Atlantis"));
  EXPECT_FALSE(TimeZone::load("../../../etc/passwd"));
  EXPECT_FALSE(TimeZone::load("/etc/localtime"));
  EXPECT_FALSE(TimeZone::load("zone.tab"));
  EXPECT_TRUE(TimeZone::load("UTC"));
}

}  // namespace
}  // namespace sallyport::shared
