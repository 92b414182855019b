// Security requirements of descriptions, as operations then hold them.
#include <gtest/gtest.h>

#include "spec/openapi.hpp"

namespace sallyport {
namespace {

using Scheme = SecurityNeed::Scheme;

Result<Spec> spec(const std::string& text) { return parse_openapi(document::parse(text, "test").value()); }

std::string three(const std::string& root, const std::string& operation) {
  return "openapi: 3.1.0\ninfo: { title: t, version: '1' }\n" + root +
         "components:\n  securitySchemes:\n    bearer: { type: http, scheme: Bearer }\n    oauth: { type: oauth2 }\n"
         "    oidc: { type: openIdConnect }\n    key: { type: apiKey }\n    basic: { type: http, scheme: basic }\n"
         "    tls: { type: mutualTLS }\n    odd: { type: http, scheme: digest }\n"
         "paths:\n  /a:\n    get: { tags: [x, y], " +
         operation + " }\n";
}

Operation only(const std::string& root, const std::string& operation) {
  auto read = spec(three(root, operation));
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  return read ? read->operations.front() : Operation{};
}

TEST(Security, OfAnOperationHidesTheRoots) {
  const std::string root = "security: [{ bearer: [r] }]\n";
  EXPECT_FALSE(only("", "responses: {}").security_declared);
  EXPECT_EQ(only(root, "responses: {}").security.front().front().scopes.front(), "r");
  EXPECT_EQ(only(root, "security: [{ bearer: [o] }]").security.front().front().scopes.front(), "o");
  const Operation open = only(root, "security: []");
  EXPECT_TRUE(open.security_declared);
  EXPECT_TRUE(open.security.empty());
  EXPECT_EQ(open.tags, (std::vector<std::string>{"x", "y"}));
}

TEST(Security, AlternativesAndTheirParts) {
  const auto security = only("", "security: [{ bearer: [a, b], key: [] }, { tls: [] }, {}]").security;
  ASSERT_EQ(security.size(), 3u);
  ASSERT_EQ(security[0].size(), 2u);
  EXPECT_EQ(security[0][0].scopes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(security[0][1].scheme, Scheme::api_key);
  EXPECT_TRUE(security[2].empty());
}

TEST(Security, SchemesByTheirType) {
  const auto scheme = [](const char* name) {
    return only("", "security: [{ " + std::string(name) + ": [] }]").security.front().front().scheme;
  };
  EXPECT_EQ(scheme("bearer"), Scheme::token);
  EXPECT_EQ(scheme("oauth"), Scheme::token);
  EXPECT_EQ(scheme("oidc"), Scheme::token);
  EXPECT_EQ(scheme("key"), Scheme::api_key);
  EXPECT_EQ(scheme("basic"), Scheme::basic);
  EXPECT_EQ(scheme("tls"), Scheme::client_certificate);
  EXPECT_EQ(scheme("odd"), Scheme::other);
  EXPECT_EQ(scheme("nowhere"), Scheme::other) << "a slip of the pen opens nothing";
}

TEST(Security, OfSwagger) {
  const auto read = spec(
      "swagger: '2.0'\ninfo: { title: t, version: '1' }\nsecurityDefinitions: { b: { type: basic }, o: { type: oauth2 "
      "} }\n"
      "security: [{ b: [] }]\npaths: { /a: { get: { security: [{ o: [s] }] }, put: {} } }\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->operations[0].security.front().front().scheme, Scheme::token);
  EXPECT_EQ(read->operations[1].security.front().front().scheme, Scheme::basic);
}

TEST(Security, WhatIsNoListOfRequirementsIsAnError) {
  for (const char* wrong : {"security: bearer", "security: [bearer]", "security: [{ bearer: x }]", "security: {}"}) {
    EXPECT_FALSE(spec(three("", wrong))) << wrong;
    EXPECT_FALSE(spec(three(std::string(wrong) + "\n", "responses: {}"))) << wrong;
  }
}

}  // namespace
}  // namespace sallyport
