// Lists of documents, in both forms.
#include "controls/graphql/safelist.hpp"

#include <gtest/gtest.h>

namespace sallyport::controls::graphql {
namespace {

std::string wrong(std::string_view json) {
  const auto list = Safelist::read(json);
  return list ? "good" : list.error().text();
}

TEST(Safelist, FindsByIdAndByText) {
  const auto list = Safelist::read(R"({"a1":"{ a }","a2":"query B { b }","again":"{ a }"})");
  ASSERT_TRUE(list) << list.error().text();
  EXPECT_EQ(list->find("a1"), "{ a }");
  EXPECT_EQ(list->find("again"), "{ a }");
  EXPECT_EQ(list->find("a3"), "");
  EXPECT_EQ(list->find("{ a }"), "");
  EXPECT_TRUE(list->holds("query B { b }"));
  EXPECT_FALSE(list->holds("query B { b } "));
  EXPECT_FALSE(list->holds("a1"));
}

TEST(Safelist, ReadsTheManifestOfApollo) {
  const auto list = Safelist::read(R"({"format":"apollo-persisted-query-manifest","version":1,
    "operations":[{"id":"x","name":"A","type":"query","body":"query A { a }"}]})");
  ASSERT_TRUE(list) << list.error().text();
  EXPECT_EQ(list->find("x"), "query A { a }");
  EXPECT_EQ(wrong(R"({"format":"other","operations":[]})"), "a manifest of another format");
}

TEST(Safelist, RefusesWhatIsNoList) {
  EXPECT_EQ(wrong("{}"), "good");
  EXPECT_EQ(wrong("[]"), "a list of documents is an object");
  EXPECT_NE(wrong("{"), "good");
  EXPECT_EQ(wrong(R"({"a":1})"), "`a`: a document or its id is missing");
  EXPECT_EQ(wrong(R"({"":"{ a }"})"), "``: a document or its id is missing");
  EXPECT_EQ(wrong(R"({"a":"{ a"})"), "`a`: expected a name");
  EXPECT_EQ(
      wrong(
          R"({"format":"apollo-persisted-query-manifest","operations":[{"id":"a","body":"{ a }"},{"id":"a","body":"{ b }"}]})"),
      "`a`: the id stands twice");
  EXPECT_NE(wrong(R"({"a":"{ a }","a":"{ b }"})"), "good");
}

TEST(Safelist, IsBounded) {
  std::string text = "{";
  for (std::uint32_t i = 0; i < max_listed; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"{ a }\"";
  EXPECT_EQ(wrong(text + "}"), "good");
  EXPECT_EQ(wrong(text + ",\"x\":\"{ a }\"}"), "`x`: too many documents");
}

}  // namespace
}  // namespace sallyport::controls::graphql
