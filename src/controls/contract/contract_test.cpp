// What the cases cannot say: styles of path parameters, limits, specifications that cannot be used.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "controls/contract/parameters.hpp"
#include "controls/contract/plan_builder.hpp"

namespace sallyport::controls::contract {
namespace {

Result<std::shared_ptr<const Plan>> plan_of(const std::string& paths) {
  auto document = document::parse("openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths:\n" + paths, "spec.yaml");
  if (!document) return std::unexpected(document.error());
  const auto spec = parse_openapi(std::move(*document));
  if (!spec) return std::unexpected(spec.error());
  std::vector<std::uint32_t> origins;
  for (std::uint32_t i = 0; i < spec->operations.size(); ++i) origins.push_back(i);
  return build_plan(*spec, origins, {});
}

std::string judged(const std::string& parameter, const std::string& path_template, std::string_view path,
                   std::string_view query = {}) {
  const auto plan = plan_of(fmt::format("  {}: {{ get: {{ parameters: [ {} ] }} }}\n", path_template, parameter));
  if (!plan) return plan.error().text();
  Request request;
  request.path = path;
  request.query = query;
  Arena arena;
  const auto bad = judge_parameters((*plan)->operations[0], **plan, path_template, request, true, arena);
  return bad ? fmt::format("{}: {}", bad->place, bad->rule) : "good";
}

TEST(Parameters, ReadStylesOfPaths) {
  const auto array = [](const char* more) {
    return fmt::format(
        "{{ name: p, in: path, required: true, {} schema: {{ type: array, items: {{ type: integer }} }} }}", more);
  };
  EXPECT_EQ(judged(array(""), "/a/{p}", "/a/1,2"), "good");
  EXPECT_EQ(judged(array(""), "/a/{p}", "/a/1,x"), "path parameter `p`: type");
  EXPECT_EQ(judged(array("style: label,"), "/a/{p}", "/a/.1,2"), "good");
  EXPECT_EQ(judged(array("style: label, explode: true,"), "/a/{p}", "/a/.1.2"), "good");
  EXPECT_EQ(judged(array("style: label,"), "/a/{p}", "/a/1"), "path parameter `p`: encoding");
  EXPECT_EQ(judged(array("style: matrix,"), "/a/{p}", "/a/;p=1,2"), "good");
  EXPECT_EQ(judged(array("style: matrix, explode: true,"), "/a/{p}", "/a/;p=1;p=2"), "good");
  EXPECT_EQ(judged(array("style: matrix, explode: true,"), "/a/{p}", "/a/;p=1;q=2"), "path parameter `p`: encoding");
}

TEST(Parameters, ReadObjects) {
  const auto object = [](const char* more) {
    return fmt::format(
        "{{ name: p, in: query, {} schema: {{ type: object, properties: {{ a: {{ type: integer }}, b: {{ type: string "
        "}} }} }} }}",
        more);
  };
  EXPECT_EQ(judged(object(""), "/x", "/x", "a=1&b=z"), "good");
  EXPECT_EQ(judged(object(""), "/x", "/x", "a=z"), "query parameter `p`: type");
  EXPECT_EQ(judged(object(""), "/x", "/x", "c=z"), "query parameter `c`: unknown_query_parameter");
  EXPECT_EQ(judged(object("explode: false,"), "/x", "/x", "p=a,1,b,z"), "good");
  EXPECT_EQ(judged(object("explode: false,"), "/x", "/x", "p=a,z"), "query parameter `p`: type");
}

TEST(Parameters, AreTextThatMayBeANumber) {
  EXPECT_EQ(judged("{ name: p, in: query, schema: { type: string } }", "/x", "/x", "p=12"), "good");
  EXPECT_EQ(
      judged("{ name: p, in: query, schema: { oneOf: [ { type: integer }, { enum: [all] } ] } }", "/x", "/x", "p=12"),
      "good");
  EXPECT_EQ(
      judged("{ name: p, in: query, schema: { oneOf: [ { type: integer }, { enum: [all] } ] } }", "/x", "/x", "p=all"),
      "good");
  EXPECT_EQ(judged("{ name: p, in: query, schema: { type: boolean } }", "/x", "/x", "p=1"),
            "query parameter `p`: type");
  EXPECT_EQ(judged("{ name: p, in: query, required: true, schema: { type: boolean } }", "/x", "/x"),
            "query parameter `p`: required");
}

TEST(Parameters, RefuseBadEncodings) {
  const std::string any = "{ name: p, in: query, schema: { type: string } }";
  EXPECT_EQ(judged(any, "/x", "/x", "p=%zz"), "query: encoding");
  EXPECT_EQ(judged(any, "/x", "/x", "p=%ff"), "query: encoding");
  EXPECT_EQ(judged(any, "/x", "/x", "p=a%20b+c"), "good");
}

TEST(Parameters, HaveALimit) {
  const std::string many = "{ name: p, in: query, schema: { type: array, items: { type: integer } } }";
  std::string query = "p=1";
  for (std::size_t i = 1; i < max_arguments; ++i) query += "&p=1";
  EXPECT_EQ(judged(many, "/x", "/x", query), "good");
  EXPECT_EQ(judged(many, "/x", "/x", query + "&p=1"), "query: too_many_arguments");
}

TEST(Plan, RefusesWhatCannotBeUsed) {
  const auto body = [](const char* schema) {
    return plan_of(fmt::format(
        "  /x: {{ post: {{ requestBody: {{ content: {{ application/json: {{ schema: {} }} }} }} }} }}\n", schema));
  };
  EXPECT_TRUE(body("{ type: object }"));
  EXPECT_FALSE(body("{ $ref: '#/components/schemas/Nowhere' }"));
  EXPECT_FALSE(body("{ $ref: 'http://example.com/schema.json' }"));
  EXPECT_FALSE(body("{ pattern: '(' }"));
}

TEST(Plan, ChoosesTheMostSpecificType) {
  const std::vector<Media> media{{"*/*", 1}, {"text/*", 2}, {"text/plain", 3}};
  const auto chosen = [&](std::string_view type) { return choose(media, *decode::parse_media_type(type))->schema; };
  EXPECT_EQ(chosen("image/png"), 1u);
  EXPECT_EQ(chosen("text/csv"), 2u);
  EXPECT_EQ(chosen("Text/Plain; charset=utf-8"), 3u);
  EXPECT_EQ(choose({{"text/*", 2}}, *decode::parse_media_type("image/png")), nullptr);
}

}  // namespace
}  // namespace sallyport::controls::contract
