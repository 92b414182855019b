// Costs by a schema, and that they are those of a document with all fragments written out.
#include "controls/graphql/cost.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "decode/json.hpp"

namespace sallyport::controls::graphql {
namespace {

const std::vector<std::string> arguments{"first", "last"};

class Cost : public ::testing::Test {
 protected:
  std::uint64_t of(const std::string& query, const std::string& variables = "{}") {
    static const auto schema = *sallyport::graphql::Schema::read(R"(
      type Query { a: T list: [T!]! page(first: Int, last: Int): T usual(first: Int = 20): [T] dear: T @cost(weight: "4.5")
        assumed: [T] @listSize(assumedSize: 50) named(limit: Int, first: Int): [T] @listSize(slicingArguments: ["limit"], assumedSize: 3)
        plain: Int @cost(weight: 3) }
      type T { b: Int list: [T!] a: T ls: [Int] })");
    arena_.reset();
    const auto document = decode::parse_graphql(query, arena_);
    const auto typed = sallyport::graphql::validate(**document, *schema, arena_);
    EXPECT_TRUE(typed) << query;
    return typed ? cost_of(*typed, *schema, *decode::parse_json(variables, arena_), {arguments, 10}, arena_) : 0;
  }
  Arena arena_;
};

TEST_F(Cost, CountsListsByTheirTypes) {
  EXPECT_EQ(of("{ a { b } }"), 2u);
  EXPECT_EQ(of("{ list { b a { b } } }"), 31u);
  EXPECT_EQ(of("{ list { list { b } } }"), 111u);
  EXPECT_EQ(of("{ a { ls } }"), 2u);
}

TEST_F(Cost, CountsWhatArgumentsSay) {
  EXPECT_EQ(of("{ page(first: 5) { b } }"), 6u);
  EXPECT_EQ(of("{ page(first: 5, last: 7) { b } }"), 8u);
  EXPECT_EQ(of("{ page { b } }"), 11u);
  EXPECT_EQ(of("{ page(first: null) { b } }"), 11u);
  EXPECT_EQ(of("{ usual { b } }"), 21u);
  EXPECT_EQ(of("{ usual(first: 2) { b } }"), 3u);
  EXPECT_EQ(of("{ named(first: 100) { b } }"), 4u);
  EXPECT_EQ(of("{ named(limit: 100) { b } }"), 101u);
  EXPECT_EQ(of("{ assumed { b } }"), 51u);
}

TEST_F(Cost, CountsWhatVariablesSay) {
  const std::string query = "query($n: Int = 4) { page(first: $n) { b } }";
  EXPECT_EQ(of(query), 5u);
  EXPECT_EQ(of(query, R"({"n":30})"), 31u);
  EXPECT_EQ(of(query, R"({"n":null})"), 11u);
  EXPECT_EQ(of("query($n: Int) { usual(first: $n) { b } }"), 21u);
}

TEST_F(Cost, CountsByWeights) {
  EXPECT_EQ(of("{ dear { b } }"), 6u);
  EXPECT_EQ(of("{ plain }"), 3u);
}

TEST_F(Cost, IsThatOfTheDearestOperation) {
  EXPECT_EQ(of("query A { a { b } } query B { list { b } }"), 11u);
  EXPECT_EQ(
      of("query A($n: Int = 2) { ...F } query B($n: Int = 3) { ...F } fragment F on Query { page(first: $n) { b } }"),
      4u);
}

TEST_F(Cost, WritesFragmentsOut) {
  EXPECT_EQ(of("{ list { ...F ...F ... { b } } } fragment F on T { a { b } }"), 51u);
  std::string doubled = "{ a { ...F0 } }";
  for (int i = 0; i < 90; ++i)
    doubled += fmt::format(" fragment F{} on T {{ a {{ ...F{} }} x: a {{ ...F{} }} }}", i, i + 1, i + 1);
  EXPECT_EQ(of(doubled + " fragment F90 on T { b }"), UINT64_MAX);
}

}  // namespace
}  // namespace sallyport::controls::graphql
