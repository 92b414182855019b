// Tokens that a server must be asked about, in calls: when it is asked, and what becomes of its answers.
#include "controls/authenticate/opaque_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controls/authenticate/testing/call.hpp"

namespace sallyport::controls::authenticate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::now;

class OpaqueTokensTest : public testing::Authentication {
 protected:
  std::string section(const std::string& more = {}, const std::string& url = "http://127.0.0.1:1/") {
    return "{ introspection: { url: '" + url + "', client: gateway, secret: { file: " + file("secret", "s", true) +
           " }, issuer: 'https://id.test/', audiences: shop }" + more + " }";
  }
  // What becomes of a call with that token when the server says so.
  std::string rule_when(const std::string& answer, bool found = true, const std::string& token = "opaque") {
    EXPECT_EQ(rule(token), "");
    if (!std::holds_alternative<Need>(verdict_)) return "not asked";
    verdict_ = transaction_.resume(Answer{found, answer});
    const auto* deny = std::get_if<Deny>(&verdict_);
    return deny == nullptr ? "" : std::string(deny->reason.rule);
  }
  static std::string active(const std::string& more = {}, std::int64_t expires = 600) {
    return R"({"active":true,)" + claims(more, expires).substr(1);
  }
};

TEST_F(OpaqueTokensTest, TheActorIsWhoTheServerSays) {
  ASSERT_EQ(compile(section()), "");
  ASSERT_EQ(rule_when(active(R"("sub":"ada","client_id":"app","scope":"a b","roles":["x"],"tenant":"acme","jti":"7")")),
            "");
  EXPECT_EQ(actor().how, sallyport::Authentication::opaque_token);
  EXPECT_EQ(actor().subject, "ada");
  EXPECT_EQ(actor().client, "app");
  EXPECT_EQ(actor().issuer, "https://id.test/");
  EXPECT_EQ(actor().tenant, "acme");
  EXPECT_EQ(actor().token_id, "7");
  EXPECT_THAT(actor().scopes, ElementsAre("a", "b"));
  EXPECT_THAT(actor().roles, ElementsAre("x"));
  EXPECT_EQ(request_.fields.find("Authorization"), nullptr);
}

TEST_F(OpaqueTokensTest, WhatIsNotActiveIsRefused) {
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_when(R"({"active":false})"), "inactive");
  EXPECT_EQ(problem().status, 401);
  EXPECT_EQ(rule_when(R"({"active":false,"iss":"https://id.test/","aud":"shop","exp":9000000000})"), "inactive");
  for (const char* answer :
       {"", "[]", "{}", R"({"active":"true"})", R"({"active":1})", R"({"active":true,"active":false})"}) {
    EXPECT_EQ(rule_when(answer), "introspection_answer") << answer;
  }
}

TEST_F(OpaqueTokensTest, WhatTheServerSaysIsCheckedLikeAToken) {
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_when(active({}, -61)), "expired");
  EXPECT_EQ(rule_when(active(R"("nbf":)" + std::to_string(now + 61))), "not_yet_valid");
  EXPECT_EQ(rule_when(R"({"active":true,"iss":"https://other.test/","aud":"shop","exp":9000000000})"), "issuer");
  EXPECT_EQ(rule_when(R"({"active":true,"iss":"https://id.test/","aud":"other","exp":9000000000})"), "audience");
  EXPECT_EQ(rule_when(R"({"active":true,"iss":"https://id.test/","aud":"shop"})"), "claim_missing");
  EXPECT_EQ(rule_when(active(R"("cnf":{"jkt":"x"})")), "bound_token");
}

TEST_F(OpaqueTokensTest, AServerThatDoesNotAnswerIsNotTheClientsFault) {
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_when("", false), "introspection");
  EXPECT_EQ(problem().status, 503);
  EXPECT_EQ(problem().extra_name, "Retry-After");
  EXPECT_FALSE(actor().known());
}

TEST_F(OpaqueTokensTest, SignedTokensGoToTheirIssuers) {
  ASSERT_EQ(compile(section(", issuers: [" + issuer(signer_) + "]")), "");
  EXPECT_EQ(rule(token(signer_, claims())), "");
  EXPECT_FALSE(std::holds_alternative<Need>(verdict_));
  EXPECT_EQ(rule_when(active()), "");
  EXPECT_EQ(rule_when(active(), true, "with.one"), "");
  EXPECT_EQ(rule("a.b.c"), "encoding");
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_when(active(), true, token(signer_, claims())), "") << "without issuers the server knows";
}

TEST_F(OpaqueTokensTest, AConfigurationIsCheckedWhenItIsRead) {
  EXPECT_EQ(compile(section(", needs: token, scopes: a")), "");
  EXPECT_THAT(compile(section({}, "http://id.test/")), HasSubstr("is not encrypted"));
  EXPECT_THAT(compile("{ introspection: { url: 'https://a/', client: c, issuer: i, audiences: a } }"),
              HasSubstr("secret"));
}

}  // namespace
}  // namespace sallyport::controls::authenticate
