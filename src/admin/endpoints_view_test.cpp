#include "admin/endpoints_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::admin {
namespace {

using inventory::Endpoint;
using inventory::State;
using testing::HasSubstr;

Endpoint endpoint(std::string path, std::uint64_t calls, std::uint32_t score = 100) {
  Endpoint out;
  out.api = "shop";
  out.method = "GET";
  out.path = std::move(path);
  out.stage = "production";
  out.calls = calls;
  out.score = score;
  out.states.add(State::documented);
  return out;
}

std::vector<Endpoint> some() {
  std::vector<Endpoint> rows{endpoint("/a", 3, 90), endpoint("/b", 1, 40), endpoint("/c", 2, 60)};
  rows[1].states.add(State::unauthenticated);
  rows[1].owner = "Payments";
  rows[2].api = "billing";
  rows[2].data.push_back({"card", "pci", "/n", true, 4, 1'000'000});
  return rows;
}

std::string paths(std::string_view query) {
  const auto read = EndpointQuery::read(Query(query));
  if (!read) return read.error().message;
  std::string out;
  for (const Endpoint& one : select(some(), *read).rows) out += one.path.substr(1);
  return out;
}

TEST(EndpointsView, SortsByWhatIsAsked) {
  EXPECT_EQ(paths(""), "bca") << "the worst first";
  EXPECT_EQ(paths("sort=score&order=down"), "acb");
  EXPECT_EQ(paths("sort=calls&order=up"), "bca");
  EXPECT_EQ(paths("sort=calls&order=down"), "acb");
  EXPECT_EQ(paths("sort=path"), "abc");
  EXPECT_EQ(paths("sort=api"), "cab");
  EXPECT_EQ(paths("sort=nothing"), "Nothing can be sorted by that.");
  EXPECT_EQ(paths("order=sideways"), "The order is `up` or `down`.");
}

TEST(EndpointsView, Filters) {
  EXPECT_EQ(paths("state=unauthenticated"), "b");
  EXPECT_EQ(paths("state=shadow"), "");
  EXPECT_EQ(paths("state=strange"), "There is no such state.");
  EXPECT_EQ(paths("api=billing"), "c");
  EXPECT_EQ(paths("class=pci"), "c");
  EXPECT_EQ(paths("class=phi"), "");
}

TEST(EndpointsView, SearchesEveryWordWithoutCase) {
  EXPECT_EQ(paths("q=PAYMENTS"), "b");
  EXPECT_EQ(paths("q=get+%2Fa"), "a");
  EXPECT_EQ(paths("q=card"), "c");
  EXPECT_EQ(paths("q=-payments"), "ca");
  EXPECT_EQ(paths("q=payments+%2Fa"), "");
}

TEST(EndpointsView, APageIsCutAndTheRestCounted) {
  auto query = EndpointQuery::read(Query("sort=path&offset=1&limit=1"));
  ASSERT_TRUE(query);
  const std::string json = endpoints_json(select(some(), *query));
  EXPECT_THAT(json, HasSubstr(R"("total":3,"matching":3,"offset":1,)"));
  EXPECT_THAT(json, HasSubstr(R"("path":"/b")"));
  EXPECT_THAT(json, testing::Not(HasSubstr(R"("path":"/a")")));
  EXPECT_THAT(json, testing::Not(HasSubstr(R"("path":"/c")")));
  EXPECT_THAT(json, HasSubstr(R"("unauthenticated":1)"));
  query->offset = 7;
  EXPECT_THAT(endpoints_json(select(some(), *query)), HasSubstr(R"("endpoints":[])"));
}

TEST(EndpointsView, CsvHasAllThatMatchAndNoFormula) {
  std::vector<Endpoint> rows = some();
  rows[0].path = "=HYPERLINK(\"http://evil\")";
  auto query = EndpointQuery::read(Query("sort=path&limit=1"));
  ASSERT_TRUE(query);
  const std::string csv = endpoints_csv(select(std::move(rows), *query));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4);
  EXPECT_THAT(csv, HasSubstr("\"'=HYPERLINK(\"\"http://evil\"\")\""));
}

TEST(EndpointsView, TheDataMapSaysWhatFlowsWhere) {
  std::vector<Endpoint> rows = some();
  rows[2].auth.emplace_back("none", 4);
  EXPECT_EQ(data_map_json(rows),
            R"({"types":[{"class":"pci","type":"card","flows":[{"api":"billing","method":"GET","path":"/c",)"
            R"("side":"response","place":"/n","times":4,"last_seen":"1970-01-01T00:00:01.000Z","declared":false,)"
            R"("open":true,"callers":0}]}]})");
}

TEST(QueryTest, TextsAreDecodedAndNumbersStrict) {
  const Query query("a=1&b=%41+b&c=&bb=2&d=12x&e=%zz");
  EXPECT_EQ(query.number("a"), 1u);
  EXPECT_EQ(query.text("b"), "A b");
  EXPECT_EQ(query.text("c"), "");
  EXPECT_EQ(query.number("d"), std::nullopt);
  EXPECT_EQ(query.number("bb"), 2u);
  EXPECT_EQ(query.text("e"), "");
  EXPECT_EQ(query.number("f"), std::nullopt);
  EXPECT_EQ(Query("limit=0").page_size(), 1u);
  EXPECT_EQ(Query("limit=1001").page_size(), 1000u);
  const std::string most = "q=" + std::string(Query::max_text, 'x');
  EXPECT_EQ(Query(most).text("q").size(), Query::max_text);
  const std::string more = most + "x";
  EXPECT_EQ(Query(more).text("q").size(), Query::max_text);
}

}  // namespace
}  // namespace sallyport::admin
