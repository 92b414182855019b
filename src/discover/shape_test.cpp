#include "discover/shape.hpp"

#include <gtest/gtest.h>

#include "decode/json.hpp"

namespace sallyport::discover {
namespace {

std::string squeezed(const Shape& shape) {
  config::JsonWriter out;
  shape.write(out);
  std::string text = out.take();
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

Shape of(std::initializer_list<std::string_view> values) {
  Shape shape;
  for (const std::string_view value : values) {
    Arena arena;
    const auto parsed = decode::parse_json(value, arena);
    EXPECT_TRUE(parsed) << value;
    if (parsed) shape.add(**parsed);
  }
  return shape;
}

std::string schema(std::initializer_list<std::string_view> values) { return squeezed(of(values)); }

TEST(ShapeTest, Types) {
  EXPECT_EQ(schema({}), "{}");
  EXPECT_EQ(schema({"1", "2"}), R"({"type":"integer"})");
  EXPECT_EQ(schema({"1", "2.5"}), R"({"type":"number"})");
  EXPECT_EQ(schema({"true"}), R"({"type":"boolean"})");
  EXPECT_EQ(schema({"\"a b\"", "null"}), R"({"type":["string","null"]})");
  EXPECT_EQ(schema({"[1,2]", "[]"}), R"({"type":"array","items":{"type":"integer"}})");
}

TEST(ShapeTest, MembersThatAreAlwaysThereAreRequired) {
  EXPECT_EQ(schema({R"({"a":1,"b":"x y"})", R"({"a":2})"}),
            R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"]})");
}

TEST(ShapeTest, FormatsHoldForEveryText) {
  EXPECT_EQ(schema({R"("0190163d-8694-739b-aea5-966c26f8ad91")"}), R"({"type":"string","format":"uuid"})");
  EXPECT_EQ(schema({R"("2026-11-24")"}), R"({"type":"string","format":"date"})");
  EXPECT_EQ(schema({R"("2026-11-24T10:00:00.123Z")", R"("2026-11-24T10:00:00+01:00")"}),
            R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(schema({R"("ana@example.org")"}), R"({"type":"string","format":"email"})");
  EXPECT_EQ(schema({R"("2026-11-24")", R"("soon or later")"}), R"({"type":"string"})");
}

Shape repeated(std::string_view value, int times, Shape shape = {}) {
  for (int i = 0; i < times; ++i) shape.add_text(value);
  return shape;
}

TEST(ShapeTest, WordsThatComeAgainAreAnEnum) {
  EXPECT_EQ(squeezed(repeated("open", 9, repeated("closed", 3))), R"({"type":"string","enum":["closed","open"]})");
  EXPECT_EQ(squeezed(repeated("open", 9, repeated("closed", 2))), R"({"type":"string"})") << "one is too rare";
  EXPECT_EQ(squeezed(repeated("open", 11)), R"({"type":"string"})") << "too few in all";
  EXPECT_EQ(squeezed(repeated("a1b2", 20)), R"({"type":"string"})") << "could be a value of a person";
  Shape many;
  for (char c = 'a'; c <= 'l'; ++c) many = repeated(std::string(1, c), 3, many);
  EXPECT_NE(squeezed(many), R"({"type":"string"})");
  EXPECT_EQ(squeezed(repeated("m", 3, many)), R"({"type":"string"})") << "more than max_words";
}

TEST(ShapeTest, TextsOfAQueryHaveTypes) {
  EXPECT_EQ(squeezed(repeated("17", 1)), R"({"type":"integer"})");
  EXPECT_EQ(squeezed(repeated("0017", 1)), R"({"type":"string"})") << "zeros would be lost";
  EXPECT_EQ(squeezed(repeated("-1.5", 1)), R"({"type":"number"})");
  EXPECT_EQ(squeezed(repeated("true", 1)), R"({"type":"boolean"})");
}

TEST(ShapeTest, MergedIsWhatAllTogetherWouldBe) {
  Shape left = of({R"({"a":1,"w":["x y"]})"});
  left.merge(of({R"({"a":2.5})", R"({"b":null})"}));
  EXPECT_EQ(squeezed(left), schema({R"({"a":1,"w":["x y"]})", R"({"a":2.5})", R"({"b":null})"}));
}

TEST(ShapeTest, IsBounded) {
  const auto object = [](std::size_t members) {
    std::string text = "{";
    for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    return text + "}";
  };
  EXPECT_TRUE(schema({object(Shape::max_members)}).contains("properties"));
  EXPECT_EQ(schema({object(Shape::max_members + 1)}), R"({"type":"object","additionalProperties":true})");
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(schema({nested(60)}).size() < 1000);
}

}  // namespace
}  // namespace sallyport::discover
