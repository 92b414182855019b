#include "config/cidr.hpp"

#include <gtest/gtest.h>

#include "base/address.hpp"

namespace sallyport::config {
namespace {

TEST(CidrText, ParsesAndFormats) {
  for (const char* text :
       {"10.0.0.0/8", "0.0.0.0/0", "192.168.1.1", "2001:db8::/32", "::/0", "::1", "2001:db8::/127"}) {
    const auto cidr = parse_cidr(text);
    ASSERT_TRUE(cidr) << text;
    EXPECT_EQ(format_cidr(*cidr), text);
  }
  EXPECT_EQ(format_cidr(*parse_cidr("10.0.0.1/32")), "10.0.0.1");
  EXPECT_EQ(format_cidr(*parse_cidr("::1/128")), "::1");
}

TEST(CidrText, RefusesBitsBeyondThePrefix) {
  const auto cidr = parse_cidr("10.1.2.3/8");
  ASSERT_FALSE(cidr);
  EXPECT_EQ(cidr.error().hint, "write 10.0.0.0/8, or 10.1.2.3 for the address alone");
  EXPECT_FALSE(parse_cidr("2001:db8::1/127"));
}

TEST(CidrText, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "::/129", "10.0.0.0/8 ",
                           "10.0.0.0/8/8", "localhost", "10.0.0/8", "10.0.0.0/255.0.0.0"}) {
    EXPECT_FALSE(parse_cidr(text)) << text;
  }
}

struct Case {
  const char* cidr;
  const char* address;
  bool inside;
};

class CidrContains : public testing::TestWithParam<Case> {};

TEST_P(CidrContains, ComparesThePrefix) {
  const auto& [cidr, address, inside] = GetParam();
  EXPECT_EQ(parse_cidr(cidr)->contains(*parse_address(address)), inside) << cidr << " " << address;
}

INSTANTIATE_TEST_SUITE_P(All, CidrContains,
                         testing::Values(Case{"10.0.0.0/8", "10.255.0.1", true}, Case{"10.0.0.0/8", "11.0.0.0", false},
                                         Case{"10.0.0.0/31", "10.0.0.1", true}, Case{"10.0.0.0/31", "10.0.0.2", false},
                                         Case{"10.0.0.1", "10.0.0.1", true}, Case{"10.0.0.1", "10.0.0.2", false},
                                         Case{"0.0.0.0/0", "255.1.2.3", true}, Case{"0.0.0.0/0", "::1", false},
                                         Case{"::/0", "::1", true}, Case{"::/0", "10.0.0.1", false},
                                         Case{"2001:db8::/33", "2001:db8:7fff::1", true},
                                         Case{"2001:db8::/33", "2001:db8:8000::1", false},
                                         Case{"10.0.0.0/8", "::ffff:10.1.1.1", true}));

}  // namespace
}  // namespace sallyport::config
