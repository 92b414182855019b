#include "base/address.hpp"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

struct Case {
  const char* text;
  const char* formatted;
};

class AddressText : public testing::TestWithParam<Case> {};

TEST_P(AddressText, ParsesAndFormatsByRfc5952) {
  const auto address = parse_address(GetParam().text);
  ASSERT_TRUE(address) << GetParam().text;
  EXPECT_EQ(format_address(*address), GetParam().formatted);
  EXPECT_EQ(parse_address(format_address(*address)), address);
}

INSTANTIATE_TEST_SUITE_P(
    All, AddressText,
    testing::Values(Case{"127.0.0.1", "127.0.0.1"}, Case{"0.0.0.0", "0.0.0.0"},
                    Case{"255.255.255.255", "255.255.255.255"}, Case{"::ffff:10.1.2.3", "10.1.2.3"},
                    Case{"::ffff:a01:203", "10.1.2.3"}, Case{"::", "::"}, Case{"::1", "::1"}, Case{"1::", "1::"},
                    Case{"2001:DB8:0:0:0:0:0:1", "2001:db8::1"}, Case{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
                    Case{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, Case{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
                    Case{"::1.2.3.4", "::102:304"}, Case{"fe80:0:0:0:1:2:0:0", "fe80::1:2:0:0"},
                    Case{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}));

class NotAnAddress : public testing::TestWithParam<std::string_view> {};

TEST_P(NotAnAddress, IsRefused) { EXPECT_FALSE(parse_address(GetParam())); }

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(All, NotAnAddress,
                         testing::Values(""sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.1.1.1"sv, "010.0.0.1"sv, "1.2.3.4 "sv,
                                         " 1.2.3.4"sv, "0x7f.0.0.1"sv, "2130706433"sv, "1.2.3.4\0x"sv, ":::"sv,
                                         "1::2::3"sv, "12345::"sv, "fe80::1%eth0"sv, "[::1]"sv, "1:2:3:4:5:6:7"sv,
                                         "1:2:3:4:5:6:7:8:9"sv, "localhost"sv, "::1/128"sv,
                                         "0000:0000:0000:0000:0000:0000:255.255.255.2555"sv));

}  // namespace
}  // namespace sallyport
