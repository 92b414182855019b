// Masking, and what only the judgement knows of places.
#include <gtest/gtest.h>

#include "controls/waf/judgement.hpp"

namespace sallyport::controls::waf {
namespace {

TEST(Masked, ShowsMarksAndHidesSecrets) {
  Arena arena;
  EXPECT_EQ(masked("' union select 1", arena), "' union select 1");
  EXPECT_EQ(masked("x=4111111111111111'--", arena), "x=0000000000000000'--");
  EXPECT_EQ(masked("k=abcdefghijklmnopqrs", arena), "k=aaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(masked("a\r\nb\xff", arena), "a..b.");
  EXPECT_EQ(masked(std::string(65, '-'), arena).size(), 64u);
}

TEST(Thresholds, FallWithParanoia) {
  EXPECT_EQ(threshold(1), 5);
  EXPECT_EQ(threshold(4), 2);
}

TEST(Judgement, AFileNameHoldsNoFolder) {
  const Config config;
  Arena arena;
  Judgement of_value(config, {}, arena);
  of_value.look({decode::Place::form_value, "f", "../x.png"});
  EXPECT_LT(of_value.heaviest().score, threshold(1));
  Judgement of_file(config, {}, arena);
  of_file.look({decode::Place::part_filename, "f", "../x.png"});
  EXPECT_GE(of_file.heaviest().score, threshold(1));
}

TEST(Judgement, FieldsOfTheProtocolAreNotMatched) {
  const Config config;
  Arena arena;
  Judgement judgement(config, {}, arena);
  judgement.look({decode::Place::header_value, "If-None-Match", "W/\"1' or 1=1--\""});
  EXPECT_EQ(judgement.heaviest().score, 0);
  judgement.look({decode::Place::header_value, "X-Any", "1' or 1=1--"});
  EXPECT_GE(judgement.heaviest().score, threshold(1));
}

}  // namespace
}  // namespace sallyport::controls::waf
