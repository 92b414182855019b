#include "base/time_text.hpp"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

TEST(Rfc3339, HasAsManyDigitsAsAreAskedFor) {
  constexpr std::int64_t time_us = 1'700'000'000'012'345;
  EXPECT_EQ(rfc3339(time_us, Fraction::none), "2023-11-14T22:13:20Z");
  EXPECT_EQ(rfc3339(time_us, Fraction::milliseconds), "2023-11-14T22:13:20.012Z");
  EXPECT_EQ(rfc3339(time_us, Fraction::microseconds), "2023-11-14T22:13:20.012345Z");
  EXPECT_EQ(rfc3339(0, Fraction::microseconds), "1970-01-01T00:00:00.000000Z");
}

}  // namespace
}  // namespace sallyport
