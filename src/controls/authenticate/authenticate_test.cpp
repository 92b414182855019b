// What the cases cannot say: the challenge, the actor, what is remembered, what a configuration refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "config/report.hpp"
#include "controls/authenticate/bearer.hpp"
#include "decode/value.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "jose/testing/signer.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::authenticate {

const engine::Descriptor& descriptor();

namespace {

using jose::Algorithm;
using jose::testing::Signer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t now = 1'700'000'000;

class Authentication : public ::testing::Test {
 protected:
  Authentication() {
    char name[] = "/tmp/sallyport-authenticate-XXXXXX";
    EXPECT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  ~Authentication() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text, bool secret = false) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms(secret ? 0600 : 0644));
    return path;
  }

  // What is wrong with the section; it is compiled into the policy when nothing is.
  std::string compile(const std::string& section) {
    config::Report report;
    const auto parsed = document::parse(section, "test");
    if (!parsed) return parsed.error().text();
    auto api = std::make_unique<Api>();
    api->name = "shop";
    api->hosts = {"*"};
    api->base_path = "/";
    auto compiled = descriptor().compile(&parsed->root(), {api.get(), nullptr}, report);
    if (!compiled) return report.text();
    policy_ = std::make_unique<Policy>();
    policy_->router = std::make_shared<const Router>(Router::build({api.get()}).value());
    policy_->apis.push_back(std::move(api));
    policy_->pipelines.emplace_back(
        std::vector<Step>{{"authenticate", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
    return report.text();
  }

  // An issuer with one key of this signer.
  std::string issuer(const Signer& signer, const std::string& more = {}, const char* name = "https://id.test/") {
    return "{ issuer: '" + std::string(name) + "', audiences: shop, algorithms: ES256, jwks: " +
           file("jwks" + std::to_string(++files_), signer.jwk(R"("kid":"k")")) + more + " }";
  }

  static std::string token(const Signer& signer, const std::string& claims,
                           const std::string& header = R"({"alg":"ES256","kid":"k"})") {
    return signer.token(Algorithm::es256, header, claims);
  }
  static std::string claims(const std::string& more = {}, std::int64_t expires = 600) {
    return R"({"iss":"https://id.test/","aud":"shop","exp":)" + std::to_string(now + expires) +
           (more.empty() ? "" : "," + more) + "}";
  }

  // The rule that refuses a call with this token, or "".
  std::string rule(const std::string& token, std::int64_t at = now) {
    head_ = "GET /orders HTTP/1.1\r\nHost: h\r\n" + (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
            "\r\n";
    EXPECT_TRUE(parse_request(head_, false, transaction_.fresh_arena(), request_));
    transaction_.begin(*policy_, connection_, request_, Clock{at * 1'000'000});
    verdict_ = transaction_.request_head();
    const auto* deny = std::get_if<Deny>(&verdict_);
    return deny == nullptr ? "" : std::string(deny->reason.rule);
  }
  const Problem& problem() const { return std::get<Deny>(verdict_).problem; }
  const Actor& actor() const { return *transaction_.event().actor; }

  std::filesystem::path folder_;
  int files_ = 0;
  std::unique_ptr<Policy> policy_;
  std::string head_;
  Connection connection_;
  Request request_;
  Transaction transaction_;
  Verdict verdict_;
  const Signer signer_ = Signer::ec("P-256");
};

TEST_F(Authentication, ChallengesAreThoseOfRfc6750) {
  ASSERT_EQ(compile("{ scopes: [a, b:c], issuers: [" + issuer(signer_) + "] }"), "");
  EXPECT_EQ(rule(""), "no_credentials");
  EXPECT_EQ(problem().extra_name, "WWW-Authenticate");
  EXPECT_EQ(problem().extra_value, R"(Bearer realm="shop")");
  EXPECT_EQ(rule("x"), "form");
  EXPECT_EQ(problem().extra_value, R"(Bearer realm="shop", error="invalid_token")");
  EXPECT_EQ(rule(token(signer_, claims(R"("scope":"a")"))), "insufficient_scope");
  EXPECT_EQ(problem().extra_value, R"(Bearer realm="shop", error="insufficient_scope", scope="a b:c")");
  EXPECT_EQ(rule(token(signer_, claims(R"("scp":["b:c","a"])"))), "");
  ASSERT_EQ(compile("{ realm: my shop, issuers: [" + issuer(signer_) + "] }"), "");
  (void)rule("");
  EXPECT_EQ(problem().extra_value, R"(Bearer realm="my shop")");
}

TEST_F(Authentication, TheActorIsWhoTheTokenSays) {
  ASSERT_EQ(compile("{ issuers: [" +
                    issuer(signer_, ", tenant_claim: org.id, role_claims: [roles, realm_access.roles]") + "] }"),
            "");
  ASSERT_EQ(rule(token(signer_, claims(R"("sub":"ada","azp":"app","jti":"7","scope":"a b","roles":["x"],)"
                                       R"("realm_access":{"roles":["y"]},"org":{"id":"acme"})"))),
            "");
  EXPECT_EQ(actor().how, sallyport::Authentication::jwt);
  EXPECT_EQ(actor().subject, "ada");
  EXPECT_EQ(actor().issuer, "https://id.test/");
  EXPECT_EQ(actor().client, "app");
  EXPECT_EQ(actor().token_id, "7");
  EXPECT_EQ(actor().tenant, "acme");
  EXPECT_THAT(actor().scopes, ElementsAre("a", "b"));
  EXPECT_THAT(actor().roles, ElementsAre("x", "y"));
  ASSERT_NE(actor().claims, nullptr);
  EXPECT_EQ(actor().claims->find("jti")->text(), "7");
  EXPECT_EQ(rule(token(signer_, claims(R"("client_id":"c","azp":"app")"))), "");
  EXPECT_EQ(actor().client, "c");
}

TEST_F(Authentication, NobodyIsKnownWhenRefused) {
  ASSERT_EQ(compile("{ issuers: [" + issuer(signer_) + "] }"), "");
  EXPECT_EQ(rule(token(Signer::ec("P-256"), claims(R"("sub":"ada")"))), "signature");
  EXPECT_FALSE(actor().known());
}

TEST_F(Authentication, EachIssuerHasItsOwnKeys) {
  const Signer other = Signer::ec("P-256");
  ASSERT_EQ(compile("{ issuers: [" + issuer(signer_) + ", " + issuer(other, "", "https://other.test/") + "] }"), "");
  const std::string others = R"({"iss":"https://other.test/","aud":"shop","exp":9000000000})";
  EXPECT_EQ(rule(token(signer_, claims())), "");
  EXPECT_EQ(rule(token(other, others)), "");
  EXPECT_EQ(rule(token(other, claims())), "signature");
  EXPECT_EQ(rule(token(signer_, others)), "signature");
  EXPECT_EQ(rule(token(signer_, R"({"aud":"shop","exp":9000000000})")), "issuer");
  EXPECT_EQ(rule(token(signer_, R"({"iss":["https://id.test/"],"aud":"shop","exp":9000000000})")), "issuer");
}

TEST_F(Authentication, TheProfileOfAccessTokens) {
  ASSERT_EQ(compile("{ issuers: [" + issuer(signer_, ", profile: at_jwt") + "] }"), "");
  const std::string typed = R"({"alg":"ES256","kid":"k","typ":"at+jwt"})";
  const std::string all = R"("sub":"u","client_id":"c","jti":"1","iat":)" + std::to_string(now);
  EXPECT_EQ(rule(token(signer_, claims(all), typed)), "");
  EXPECT_EQ(rule(token(signer_, claims(all))), "type");
  EXPECT_EQ(rule(token(signer_, claims(all), R"({"alg":"ES256","kid":"k","typ":"JWT"})")), "type");
  for (const char* left_out : {R"("sub":"u",)", R"("client_id":"c",)", R"("jti":"1",)"}) {
    std::string some = all;
    some.erase(some.find(left_out), std::string_view(left_out).size());
    EXPECT_EQ(rule(token(signer_, claims(some), typed)), "claim_missing") << left_out;
  }
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"u","client_id":"c","jti":"1")"), typed)), "claim_missing");
}

TEST_F(Authentication, LimitsOfTheIssuerHold) {
  ASSERT_EQ(compile("{ issuers: [" +
                    issuer(signer_, ", max_lifetime: 1h, leeway: 0s, untyped: false, types: x, require: sub") + "] }"),
            "");
  const std::string typed = R"({"alg":"ES256","kid":"k","typ":"x"})";
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"u")"), typed)), "");
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"u")", 3601), typed)), "lifetime");
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"u")", 0), typed)), "expired");
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"u")"))), "type");
  EXPECT_EQ(rule(token(signer_, claims(), typed)), "claim_missing");
}

TEST_F(Authentication, WhatIsRememberedStillExpires) {
  ASSERT_EQ(compile("{ remember: 100, issuers: [" + issuer(signer_) + "] }"), "");
  const std::string good = token(signer_, claims());
  EXPECT_EQ(rule(good), "");
  EXPECT_EQ(rule(good), "");
  EXPECT_EQ(rule(good, now + 661), "expired");
  std::string forged = good;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(rule(forged), "signature");
  EXPECT_EQ(rule(forged), "signature") << "what was refused is not remembered as good";
  // The same claims in the other issuer's name, after a reload with other keys.
  ASSERT_EQ(compile("{ remember: 100, issuers: [" + issuer(Signer::ec("P-256")) + "] }"), "");
  EXPECT_EQ(rule(good), "signature");
}

TEST_F(Authentication, SecretsAndPemFilesAreKeysToo) {
  const std::string secret(32, 's');
  ASSERT_EQ(compile("{ issuers: [{ issuer: 'https://id.test/', audiences: shop, algorithms: HS256, secret: { file: " +
                    file("secret", secret, true) + " } }] }"),
            "");
  EXPECT_EQ(rule(Signer::secret(secret).token(Algorithm::hs256, R"({"alg":"HS256","kid":"any"})", claims())), "");
  EXPECT_EQ(rule(Signer::secret(std::string(32, 't')).token(Algorithm::hs256, R"({"alg":"HS256"})", claims())),
            "signature");
}

TEST_F(Authentication, WithoutIssuersNobodyIsAsked) {
  ASSERT_EQ(compile("{}"), "");
  EXPECT_EQ(rule(""), "");
  EXPECT_EQ(rule("nonsense"), "");
}

TEST_F(Authentication, AConfigurationThatContradictsItselfIsRefused) {
  const std::string head = "{ issuer: a, audiences: b, algorithms: ES256";
  const std::string jwks = file("jwks", signer_.jwk());
  EXPECT_THAT(compile("{ issuers: [" + head + " }] }"), HasSubstr("the issuer has no keys"));
  EXPECT_THAT(compile("{ issuers: [" + head + ", jwks: " + jwks + ", public_key: " + jwks + " }] }"),
              HasSubstr("more than one place"));
  EXPECT_THAT(compile("{ issuers: [" + issuer(signer_) + ", " + issuer(signer_) + "] }"), HasSubstr("stands twice"));
  EXPECT_THAT(compile("{ issuers: [" + issuer(signer_, ", profile: at_jwt, types: JWT") + "] }"),
              HasSubstr("contradict each other"));
  EXPECT_THAT(compile("{ issuers: [" + issuer(signer_, ", untyped: false, types: []") + "] }"),
              HasSubstr("no token can have a type"));
  EXPECT_THAT(compile("{ scopes: a }"), HasSubstr("nobody may issue tokens"));
  EXPECT_THAT(compile("{ scopes: a, optional: true, issuers: [" + issuer(signer_) + "] }"),
              HasSubstr("tokens are optional"));
  EXPECT_THAT(compile("{ scopes: ['a b'], issuers: [" + issuer(signer_) + "] }"), HasSubstr("is no scope"));
  EXPECT_THAT(compile("{ realm: 'a\"b', issuers: [" + issuer(signer_) + "] }"), HasSubstr("realm"));
  EXPECT_THAT(compile("{ issuers: [{ issuer: a, audiences: b, algorithms: none, jwks: " + jwks + " }] }"),
              HasSubstr("none"));
  EXPECT_THAT(compile("{ issuers: [" + head + ", jwks: " + file("bad", "{}") + " }] }"), HasSubstr("no `keys`"));
}

TEST_F(Authentication, SecretsInAFileThatOthersReadAreRefused) {
  const std::string set = Signer::secret(std::string(32, 's')).jwk();
  const auto section = [&](const std::string& path) {
    return compile("{ issuers: [{ issuer: a, audiences: b, algorithms: HS256, jwks: " + path + " }] }");
  };
  EXPECT_THAT(section(file("open", set)), HasSubstr("others may read it"));
  EXPECT_EQ(section(file("shut", set, true)), "");
}

TEST_F(Authentication, KeysThatCannotBeUsedAreSaid) {
  const std::string set = R"({"keys":[)" + signer_.jwk(R"("kid":"e","use":"enc")") + "]}";
  EXPECT_THAT(compile("{ issuers: [{ issuer: a, audiences: b, algorithms: ES256, jwks: " + file("set", set) + " }] }"),
              ::testing::AllOf(HasSubstr("left out, key 1 (e)"), HasSubstr("no key of the issuer fits ES256")));
}

TEST(Bearer, IsOneToken) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bEaReR   a.b-c_~+/=="), "a.b-c_~+/==");
  for (const char* value : {"", "Bearer", "Bearer ", "Bearerabc", "Basic abc", "Bearer\tabc", "Bearer a b",
                            "Bearer a,b", "Bearer \"a\"", "Bearer =", "Bearer a=b", "XBearer a", "Bearer a\x80"}) {
    EXPECT_EQ(bearer_token(value), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace sallyport::controls::authenticate
