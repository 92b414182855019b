#include "config/size.hpp"

#include <gtest/gtest.h>

namespace sallyport::config {
namespace {

struct Case {
  const char* text;
  Size size;
  const char* formatted;
};

class SizeText : public testing::TestWithParam<Case> {};

TEST_P(SizeText, ParsesAndFormats) {
  const auto size = parse_size(GetParam().text);
  ASSERT_TRUE(size) << GetParam().text;
  EXPECT_EQ(*size, GetParam().size) << GetParam().text;
  EXPECT_EQ(format_size(*size), GetParam().formatted);
  EXPECT_EQ(parse_size(format_size(*size)), size);
}

INSTANTIATE_TEST_SUITE_P(All, SizeText,
                         testing::Values(Case{"0", {0}, "0"}, Case{"1000", {1000}, "1000"}, Case{"7B", {7}, "7"},
                                         Case{"60KiB", 60_KiB, "60KiB"}, Case{"1024KiB", 1_MiB, "1MiB"},
                                         Case{"1048576", 1_MiB, "1MiB"}, Case{"3GiB", 3_GiB, "3GiB"},
                                         Case{"16777215TiB", {16777215ull << 40u}, "16777215TiB"},
                                         Case{"18446744073709551615", {UINT64_MAX}, "18446744073709551615"}));

class NotASize : public testing::TestWithParam<const char*> {};

TEST_P(NotASize, IsRefused) { EXPECT_FALSE(parse_size(GetParam())) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(All, NotASize,
                         testing::Values("", "KiB", "-1", "+1", "1.5MiB", "1 KiB", "1kib", "1K", "1KB", "1MB",
                                         "16777216TiB", "18446744073709551616"));

}  // namespace
}  // namespace sallyport::config
