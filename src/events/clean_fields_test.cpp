#include "events/clean_fields.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::events {
namespace {

TEST(CleanFields, HoldWhatIsTheSameToTheLastByte) {
  CleanFields fields;
  EXPECT_FALSE(fields.hold("Accept", "*/*"));
  fields.add("Accept", "*/*");
  EXPECT_TRUE(fields.hold("Accept", "*/*"));
  for (const auto& [name, value] :
       {std::pair{"accept", "*/*"}, {"Accept", "*/-"}, {"Accept", "*/"}, {"Accept*", "/*"}}) {
    EXPECT_FALSE(fields.hold(name, value)) << name << ": " << value;
  }
}

TEST(CleanFields, LongOnesAndEmptyOnesAreNotKept) {
  CleanFields fields;
  const std::string fits(CleanFields::longest - 1, 'x');
  fields.add("a", fits);
  EXPECT_TRUE(fields.hold("a", fits));
  fields.add("b", fits + "x");
  EXPECT_FALSE(fields.hold("b", fits + "x"));
  fields.add("c", "");
  EXPECT_FALSE(fields.hold("c", ""));
  EXPECT_FALSE(fields.hold("", ""));
}

// Whatever stood in a place before, only what was added last in it is held.
TEST(CleanFields, TakeTurnsInOnePlace) {
  CleanFields fields;
  for (int i = 0; i < 1000; ++i) {
    const std::string value = "v" + std::to_string(i);
    EXPECT_FALSE(fields.hold("X", value));
    fields.add("X", value);
    EXPECT_TRUE(fields.hold("X", value));
  }
}

}  // namespace
}  // namespace sallyport::events
