#include "decode/format.hpp"

#include <gtest/gtest.h>

#include "decode/parameters.hpp"

namespace sallyport::decode {
namespace {

TEST(Format, IsChosenByTheMediaType) {
  const std::pair<const char*, Format> cases[] = {
      {"application/json", Format::json},
      {"APPLICATION/JSON", Format::json},
      {"application/problem+json", Format::json},
      {"application/json-patch+json", Format::json},
      {"text/json", Format::json},
      {"application/x-ndjson", Format::json_lines},
      {"application/jsonl", Format::json_lines},
      {"application/json-seq", Format::json_sequence},
      {"application/geo+json-seq", Format::json_sequence},
      {"application/x-www-form-urlencoded", Format::form},
      {"multipart/form-data", Format::multipart},
      {"multipart/mixed", Format::multipart},
      {"text/xml", Format::xml},
      {"application/soap+xml", Format::xml},
      {"image/svg+xml", Format::xml},
      {"application/graphql", Format::graphql},
      {"application/graphql-response+json", Format::json},
      {"application/grpc", Format::grpc},
      {"application/grpc+json", Format::grpc},
      {"application/grpc-web-text+proto", Format::grpc},
      {"application/x-protobuf", Format::protobuf},
      {"text/plain", Format::text},
      {"text/csv", Format::text},
      {"image/png", Format::binary},
      {"application/octet-stream", Format::binary},
      {"image/json", Format::binary},
      {"json", Format::binary},
  };
  for (const auto& [type, format] : cases) EXPECT_EQ(format_of(type), format) << type;
}

std::string parameters(std::string_view text, Backslash backslash = Backslash::escapes,
                       const ParameterLimits& limits = {}) {
  Arena arena;
  const auto read = read_parameters(text, 10, backslash, arena, limits);
  if (!read) return "! " + std::string(read.error().rule) + " " + std::to_string(read.error().offset);
  std::string out;
  for (const Parameter& parameter : *read) {
    out += "[" + std::string(parameter.name) + "=" + std::string(parameter.value) + "]";
  }
  return out;
}

TEST(Parameters, AreReadStrictly) {
  const std::pair<const char*, const char*> good[] = {
      {"", ""},
      {"; charset=utf-8", "[charset=utf-8]"},
      {";Charset=\"utf-8\" ; a=b", "[charset=utf-8][a=b]"},
      {";;a=1;", "[a=1]"},
      {"; a=\"x;y\"", "[a=x;y]"},
      {"; a=\"\"", "[a=]"},
      {"; a=\"x\\\"y\\\\\"", "[a=x\"y\\]"},
  };
  for (const auto& [text, expected] : good) EXPECT_EQ(parameters(text), expected) << text;
  const std::pair<const char*, const char*> bad[] = {
      {"; a", "! parameter 12"},          {"; a =1", "! parameter 12"},
      {"; a= 1", "! parameter 12"},       {"; a=", "! parameter 12"},
      {"; a=1 b=2", "! parameter 16"},    {"x", "! parameter 10"},
      {"; a=\"b", "! parameter 14"},      {"; a=\"b\\", "! parameter 14"},
      {"; a=\"b\nc\"", "! parameter 16"}, {"; a=1; A=2", "! duplicate_parameter 17"},
      {"; a=1, b", "! parameter 15"},
  };
  for (const auto& [text, expected] : bad) EXPECT_EQ(parameters(text), expected) << text;
  EXPECT_EQ(parameters("; a=\"b\\c\"", Backslash::refused), "! backslash 16");
}

TEST(Parameters, LimitHolds) {
  EXPECT_EQ(parameters(";a=1;b=2", Backslash::escapes, {.parameters = 2}), "[a=1][b=2]");
  EXPECT_EQ(parameters(";a=1;b=2;c=3", Backslash::escapes, {.parameters = 2}), "! parameters 19");
}

}  // namespace
}  // namespace sallyport::decode
