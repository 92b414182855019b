#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport {
namespace {

std::string text(const CallId& id) {
  std::string out(uuid_text_bytes, ' ');
  format_uuid(id, std::span<char, uuid_text_bytes>(out.data(), uuid_text_bytes));
  return out;
}

TEST(Uuid, IsVersionSevenWithTheTimeInFront) {
  UuidSource source;
  const auto id = text(source.next(0x0190e5a07b1c * 1000));
  EXPECT_EQ(id.substr(0, 15), "0190e5a0-7b1c-7");
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

TEST(Uuid, GrowsWithinAMillisecondAndWhenTheClockStepsBack) {
  UuidSource source;
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = text(source.next(i < 5000 ? 1'700'000'000'000'000 : 1'600'000'000'000'000));
    EXPECT_LT(last, id);
    last = id;
  }
}

TEST(Uuid, TwoSourcesDiffer) {
  UuidSource a;
  UuidSource b;
  EXPECT_NE(text(a.next(1)), text(b.next(1)));
}

TEST(Uuid, ParsesWhatItFormats) {
  UuidSource source;
  const auto id = source.next(1'700'000'000'000'000);
  EXPECT_EQ(parse_uuid(text(id)), id);
  EXPECT_TRUE(parse_uuid("0190E5A0-7B1C-7C3E-8A55-0123456789AB"));
}

TEST(Uuid, RefusesOtherForms) {
  for (const char* bad : {"", "0190e5a0-7b1c-7c3e-8a55-0123456789a", "0190e5a0-7b1c-7c3e-8a55-0123456789abc",
                          "0190e5a0x7b1c-7c3e-8a55-0123456789ab", "0190e5a0-7b1c-7c3e-8a55-0123456789ag",
                          "{190e5a0-7b1c-7c3e-8a55-0123456789a}"})
    EXPECT_FALSE(parse_uuid(bad)) << bad;
}

}  // namespace
}  // namespace sallyport
