#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace sallyport::config {
namespace {

struct Case {
  const char* text;
  long long milliseconds;
  const char* formatted;
};

class DurationText : public testing::TestWithParam<Case> {};

TEST_P(DurationText, ParsesAndFormats) {
  const auto duration = parse_duration(GetParam().text);
  ASSERT_TRUE(duration) << GetParam().text;
  EXPECT_EQ(duration->count(), GetParam().milliseconds) << GetParam().text;
  EXPECT_EQ(format_duration(*duration), GetParam().formatted);
  EXPECT_EQ(parse_duration(format_duration(*duration)), duration);
}

INSTANTIATE_TEST_SUITE_P(All, DurationText,
                         testing::Values(Case{"0", 0, "0s"}, Case{"0s", 0, "0s"}, Case{"250ms", 250, "250ms"},
                                         Case{"10s", 10'000, "10s"}, Case{"90s", 90'000, "1m30s"},
                                         Case{"1m30s", 90'000, "1m30s"}, Case{"7d", 604'800'000, "7d"},
                                         Case{"1w", 604'800'000, "7d"}, Case{"36h", 129'600'000, "1d12h"},
                                         Case{"1w2d3h4m5s6ms", 788'645'006, "9d3h4m5s6ms"},
                                         Case{"36500d", 3'153'600'000'000, "36500d"}));

class NotADuration : public testing::TestWithParam<const char*> {};

TEST_P(NotADuration, IsRefused) { EXPECT_FALSE(parse_duration(GetParam())) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(All, NotADuration,
                         testing::Values("", "10", "s", "-1s", "+1s", "1.5s", "10 s", " 10s", "10s ", "1s1s", "1s1m",
                                         "1ms1s", "1S", "1min", "36501d", "36500d1ms", "99999999999999999999s", "1x"));

}  // namespace
}  // namespace sallyport::config
