// Values of variables against the types of the operation (§6.1.2).
#include "graphql/coerce.hpp"

#include <gtest/gtest.h>

#include "decode/json.hpp"
#include "graphql/validate.hpp"

namespace sallyport::graphql {
namespace {

class Coerced : public ::testing::Test {
 protected:
  // "good", or "detail at offset".
  std::string of(const std::string& definition, const std::string& json) {
    static const auto schema = *Schema::read(R"(
      enum Kind { DOG CAT } scalar Any input In { a: Int! b: [String!] c: Kind = DOG d: In } input One @oneOf { a: Int b: Int }
      type Query { x: Int })");
    arena_.reset();
    const std::string text = "query(" + definition + ") { x }";
    const auto document = decode::parse_graphql(text, arena_);
    const decode::Value* variables = json.empty() ? nullptr : *decode::parse_json(json, arena_);
    const auto wrong = misfit_of_variables(*schema, *(*document)->first_child, variables);
    if (wrong && (wrong->name != "v" || wrong->rule != "variable_values")) return "another name";
    return wrong ? std::string(wrong->detail) + " at " + std::to_string(wrong->offset) : "good";
  }
  std::string value(const std::string& type, const std::string& json) {
    return of("$v: " + type, "{\"v\":" + json + "}");
  }
  Arena arena_;
};

TEST_F(Coerced, WhatIsNotGiven) {
  EXPECT_EQ(of("$v: Int", "{}"), "good");
  EXPECT_EQ(of("$v: Int", ""), "good");
  EXPECT_EQ(of("$v: Int!", "{}"), "a required variable is not given at 0");
  EXPECT_EQ(of("$v: Int!", ""), "a required variable is not given at 0");
  EXPECT_EQ(of("$v: Int! = 1", "{}"), "good");
  EXPECT_EQ(of("$v: Int", "{\"other\":1}"), "good");
  EXPECT_EQ(value("Int", "null"), "good");
  EXPECT_EQ(value("Int!", "null"), "null where a value is required at 5");
  EXPECT_EQ(of("$v: Int! = 1", "{\"v\":null}"), "null where a value is required at 5");
}

TEST_F(Coerced, Scalars) {
  const std::string bad = "a value of another type at 5";
  for (const char* one : {"0", "-2147483648", "2147483647", "1.0", "1e3", "1e-400", "0.0e999"})
    EXPECT_EQ(value("Int", one), "good") << one;
  for (const char* one : {"2147483648", "1.5", "\"1\"", "true", "[]", "{}", "1e400"})
    EXPECT_NE(value("Int", one), "good") << one;
  EXPECT_EQ(value("Int", "1.5"), bad);
  EXPECT_EQ(value("Int", "2147483648"), bad);
  EXPECT_EQ(value("Int", "-2147483649"), bad);
  EXPECT_EQ(value("Float", "1.5"), "good");
  EXPECT_EQ(value("Float", "1e400"), bad);
  EXPECT_EQ(value("Float", "-1" + std::string(400, '0')), bad);
  EXPECT_EQ(value("Float", "0." + std::string(400, '0') + "1"), "good");
  EXPECT_EQ(value("Float", "1e99999999999"), bad);
  EXPECT_EQ(value("Float", "1e-99999999999"), "good");
  EXPECT_EQ(value("Float", "\"1\""), bad);
  EXPECT_EQ(value("String", "\"a\""), "good");
  EXPECT_EQ(value("String", "1"), bad);
  EXPECT_EQ(value("Boolean", "false"), "good");
  EXPECT_EQ(value("Boolean", "0"), bad);
  EXPECT_EQ(value("ID", "\"a\""), "good");
  EXPECT_EQ(value("ID", "12345678901234567890"), "good");
  EXPECT_EQ(value("ID", "1.5"), bad);
  EXPECT_EQ(value("Any", "{\"a\":[1,null]}"), "good");
  EXPECT_EQ(value("Any!", "null"), "null where a value is required at 5");
  EXPECT_EQ(value("Kind", "\"CAT\""), "good");
  EXPECT_EQ(value("Kind", "\"COW\""), "no value of the enum at 5");
  EXPECT_EQ(value("Kind", "1"), "no value of the enum at 5");
}

TEST_F(Coerced, Lists) {
  EXPECT_EQ(value("[Int!]", "[1,2]"), "good");
  EXPECT_EQ(value("[Int!]", "[1,null]"), "null where a value is required at 8");
  EXPECT_EQ(value("[Int]", "[1,null]"), "good");
  EXPECT_EQ(value("[[Int]]", "3"), "good");
  EXPECT_EQ(value("[[Int]]", "[[1],2,null]"), "good");
  EXPECT_EQ(value("[Int]", "[[1]]"), "a value of another type at 6");
}

TEST_F(Coerced, InputObjects) {
  EXPECT_EQ(value("In", "{\"a\":1,\"b\":\"x\",\"d\":{\"a\":2}}"), "good");
  EXPECT_EQ(value("In", "{\"b\":[]}"), "a required field is missing at 5");
  EXPECT_EQ(value("In", "{\"a\":1,\"e\":1}"), "the type has no such field at 16");
  EXPECT_EQ(value("In", "{\"a\":1,\"d\":{\"a\":null}}"), "null where a value is required at 21");
  EXPECT_EQ(value("In", "[]"), "an object is expected at 5");
  EXPECT_EQ(value("One", "{\"a\":1}"), "good");
  EXPECT_EQ(value("One", "{\"a\":1,\"b\":1}"), "exactly one field must be given at 5");
  EXPECT_EQ(value("One", "{}"), "exactly one field must be given at 5");
  EXPECT_EQ(value("One", "{\"a\":null}"), "null in a @oneOf type at 10");
}

}  // namespace
}  // namespace sallyport::graphql
