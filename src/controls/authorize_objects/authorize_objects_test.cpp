#include "controls/authorize_objects/field_path.hpp"

#include <gtest/gtest.h>

#include "controls/authorize_objects/identity.hpp"
#include "decode/json.hpp"

namespace sallyport::controls::authorize_objects {
namespace {

using Found = FieldPath::Found;

Found compare(std::string_view path, std::string_view json, std::string_view expected = "me") {
  Arena arena;
  return FieldPath::parse(path)->compare(**decode::parse_json(json, arena), expected);
}

TEST(FieldPath, FindsEveryPlace) {
  EXPECT_EQ(compare("a", R"({"a":"me"})"), Found::all_good);
  EXPECT_EQ(compare("a", R"({"a":"you"})"), Found::mismatch);
  EXPECT_EQ(compare("a", R"({"b":"me"})"), Found::absent);
  EXPECT_EQ(compare("a.b", R"({"a":{"b":"me"}})"), Found::all_good);
  EXPECT_EQ(compare("[]", R"(["me","me"])"), Found::all_good);
  EXPECT_EQ(compare("[].a", R"([{"a":"me"},{"a":"you"}])"), Found::mismatch);
  EXPECT_EQ(compare("a[].b[]", R"({"a":[{"b":["me"]},{"b":[]}]})"), Found::all_good);
  EXPECT_EQ(compare("a[].b[]", R"({"a":[{"b":["me"]},{"b":["you"]}]})"), Found::mismatch);
}

// Something wrong weighs more than something missing, wherever it stands.
TEST(FieldPath, AMismatchAfterAnAbsence) { EXPECT_EQ(compare("[].a", R"([{},{"a":"you"}])"), Found::mismatch); }

TEST(FieldPath, WhatCannotBeComparedIsAnothers) {
  for (const char* json : {R"({"a":null})", R"({"a":true})", R"({"a":["me"]})", R"({"a":{}})", "[]", "7"}) {
    EXPECT_EQ(compare("a", json), Found::mismatch) << json;
  }
  EXPECT_EQ(compare("a[]", R"({"a":"me"})"), Found::mismatch);
  EXPECT_EQ(compare("a", R"({"a":7})", "7"), Found::all_good);
  EXPECT_EQ(compare("a", R"({"a":7.0})", "7"), Found::mismatch);
}

TEST(FieldPath, IsWellFormed) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a[", "a[0]", "a]b[", "a[]b", "[]a"}) {
    EXPECT_FALSE(FieldPath::parse(text)) << text;
  }
  std::string steps = "a";
  for (std::size_t i = 1; i < FieldPath::max_steps; ++i) steps += ".a";
  EXPECT_TRUE(FieldPath::parse(steps));
  EXPECT_FALSE(FieldPath::parse(steps + ".a"));
}

TEST(Identity, OfACaller) {
  Actor actor;
  actor.subject = "s";
  actor.tenant = "t";
  actor.client = "c";
  EXPECT_EQ(Identity::parse("subject")->of(actor), "s");
  EXPECT_EQ(Identity::parse("tenant")->of(actor), "t");
  EXPECT_EQ(Identity::parse("client")->of(actor), "c");
  EXPECT_EQ(Identity::parse("claim:x")->of(actor), "") << "no token";
  EXPECT_FALSE(Identity::parse("claim:"));
  EXPECT_FALSE(Identity::parse("owner"));
}

}  // namespace
}  // namespace sallyport::controls::authorize_objects
