#include "classify/walk.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "decode/json.hpp"

namespace sallyport::classify {
namespace {

class Walk : public testing::Test {
 protected:
  std::vector<std::string> places(std::string_view json, bool shape = false) {
    arena_.reset();
    const auto tree = decode::parse_json(json, arena_);
    EXPECT_TRUE(tree.has_value());
    std::vector<std::string> out;
    scan_ = std::make_unique<BodyScan>(limits_);
    scan_->run(**tree, [&](const BodyScan::Place& place, const Findings& found) {
      std::string line;
      shape ? place.append_shape(line) : place.append_pointer(line);
      for (const Finding& finding : found.all()) (line += ' ') += name_of(finding.type);
      out.push_back(line);
    });
    return out;
  }
  using Places = std::vector<std::string>;
  BodyScan::Limits limits_;
  std::unique_ptr<BodyScan> scan_;
  Arena arena_;
};

TEST_F(Walk, PointsToEachPlace) {
  constexpr std::string_view json =
      R"({"a":{"b":[1,{"mail":"ana@example.org"}],"c/d~e":"bo@example.org"},"x":"chen@example.org","empty":{},"list":[]})";
  EXPECT_EQ(places(json), (Places{"/a/b/1/mail email", "/a/c~1d~0e email", "/x email"}));
  EXPECT_EQ(places(json, true), (Places{"/a/b/*/mail email", "/a/* email", "/x email"}));
  EXPECT_EQ(places(R"({"bo@example.org":"ana@example.org","1234":"ana@example.org"})", true),
            (Places{"/* email", "/* email"}));
  EXPECT_EQ(places(R"("ana@example.org")"), (Places{" email"}));
}

TEST_F(Walk, NumbersAreValuesToo) {
  EXPECT_EQ(places(R"({"cardNumber":4000123412341234,"ssn":536221234})"), (Places{"/cardNumber card", "/ssn us_ssn"}));
}

TEST_F(Walk, NamesComeFromTheNearestThatSaysSomething) {
  EXPECT_EQ(places(R"({"passport":{"number":"912803456","type":"912803456"}})"), (Places{"/passport/number passport"}));
  EXPECT_EQ(places(R"({"ssn":["536221234"]})"), (Places{"/ssn/0 us_ssn"}));
  EXPECT_EQ(places(R"({"person":{"number":"536221234"}})"), Places{});
}

TEST_F(Walk, StopsAtItsBudgets) {
  limits_.values = 2;
  EXPECT_EQ(places(R"(["x","ana@example.org"])").size(), 1u);
  EXPECT_FALSE(scan_->sampled());
  EXPECT_EQ(places(R"(["x","y","ana@example.org"])"), Places{});
  EXPECT_TRUE(scan_->sampled());
  limits_.values = 100;
  limits_.bytes = 17;
  EXPECT_EQ(places(R"(["x","ana@example.org"])").size(), 1u);
  EXPECT_EQ(places(R"(["xxx","ana@example.org"])").size(), 1u);  // cut: "ana@example.or" is a mailbox still
  EXPECT_TRUE(scan_->sampled());
  limits_.bytes = 3;
  EXPECT_EQ(places(R"(["xxx","ana@example.org"])"), Places{});
}

TEST_F(Walk, SamplesLongLists) {
  std::string json = "[";
  for (int i = 0; i < 1000; ++i) json += R"({"mail":"ana@example.org"},)";
  json.back() = ']';
  const auto found = places(json);
  EXPECT_GT(found.size(), 32u);
  EXPECT_LE(found.size(), 65u);
  EXPECT_TRUE(scan_->sampled());
  limits_.items = 1000;
  EXPECT_EQ(places(json).size(), 1000u);
  EXPECT_FALSE(scan_->sampled());
}

}  // namespace
}  // namespace sallyport::classify
