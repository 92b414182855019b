// What the cases cannot say: the challenge, the actor, what is remembered, what a configuration refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controls/authenticate/bearer.hpp"
#include "controls/authenticate/testing/call.hpp"
#include "decode/value.hpp"
#include "fetch/testing/scripted_server.hpp"
#include "identity/key_sources.hpp"

namespace sallyport::controls::authenticate {

namespace {

using jose::Algorithm;
using jose::testing::Signer;
using testing::Authentication;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::now;

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

// An issuer whose keys are at this port of this machine.
std::string fetched_issuer(const std::string& port) {
  return "{ issuer: 'https://id.test/', audiences: shop, algorithms: ES256, jwks_url: 'http://127.0.0.1:" + port +
         "/' }";
}

TEST_F(Authentication, ForKeysThatAreNotKnownItAsksOnce) {
  ASSERT_EQ(compile("{ issuers: [" + fetched_issuer("1") + "] }"), "");
  (void)rule(token(signer_, claims()));
  ASSERT_TRUE(std::holds_alternative<Need>(verdict_));
  EXPECT_NE(services_.lookups().find(std::get<Need>(verdict_).lookup.provider), nullptr);
  for (const bool found : {false, true}) {
    const Verdict last = transaction_.resume(Answer{found, {}});
    ASSERT_TRUE(std::holds_alternative<Deny>(last)) << found;
    EXPECT_EQ(std::get<Deny>(last).reason.rule, "unknown_key");
    (void)rule(token(signer_, claims()));
  }
  EXPECT_EQ(rule(token(signer_, claims({}, -600))), "expired") << "what is wrong anyway costs no fetch";
}

TEST_F(Authentication, KeysThatWereFetchedVerify) {
  const std::string body = signer_.jwk(R"("kid":"k")");
  const fetch::testing::ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                                              "\r\n\r\n" + body);
  ASSERT_EQ(compile("{ issuers: [" + fetched_issuer(server.port()) + "] }"), "");
  EXPECT_TRUE(services_.part<identity::KeySources>().start(std::chrono::seconds(20), {}).empty());
  EXPECT_EQ(rule(token(signer_, claims())), "");
  EXPECT_TRUE(actor().known());
  EXPECT_EQ(rule(token(Signer::ec("P-256"), claims())), "signature") << "a known key is not asked for";
  (void)rule(token(signer_, claims(), R"({"alg":"ES256","kid":"other"})"));
  EXPECT_TRUE(std::holds_alternative<Need>(verdict_));
  (void)rule(token(Signer::ec("P-256"), claims(), R"({"alg":"ES256"})"));
  EXPECT_TRUE(std::holds_alternative<Need>(verdict_)) << "a key without a name may be a new one";
}

TEST_F(Authentication, KeysThatAreFetchedAreConfiguredWithCare) {
  const std::string head = "{ issuers: [{ issuer: 'https://id.test', audiences: b, algorithms: ";
  EXPECT_EQ(compile(head + "ES256, discovery: true }] }"), "");
  EXPECT_THAT(compile(head + "[ES256, HS256], discovery: true }] }"), HasSubstr("HS256 needs a secret"));
  EXPECT_THAT(compile(head + "ES256, discovery: true, jwks_url: 'https://a/' }] }"), HasSubstr("more than one place"));
  EXPECT_THAT(compile(head + "ES256, jwks_url: 'http://id.test/' }] }"), HasSubstr("is not encrypted"));
  EXPECT_THAT(compile(head + "ES256, jwks_url: 'https://a/', key_hosts: b }] }"), HasSubstr("key_hosts"));
  EXPECT_THAT(compile(head + "ES256, public_key: " + file("pem", "x") + ", refresh: 1m }] }"),
              HasSubstr("keys that are fetched"));
  EXPECT_THAT(compile("{ issuers: [{ issuer: shop, audiences: b, algorithms: ES256, discovery: true }] }"),
              HasSubstr("is no https URL"));
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

TEST(Credentials, AreOneToken) {
  EXPECT_EQ(read_credential("Bearer abc")->token, "abc");
  EXPECT_EQ(read_credential("Bearer abc")->scheme, Credential::Scheme::bearer);
  EXPECT_EQ(read_credential("bEaReR   a.b-c_~+/==")->token, "a.b-c_~+/==");
  EXPECT_EQ(read_credential("dPOP a.b")->scheme, Credential::Scheme::dpop);
  for (const char* value :
       {"", "Bearer", "Bearer ", "Bearerabc", "Basic abc", "Bearer\tabc", "Bearer a b", "Bearer a,b", "Bearer \"a\"",
        "Bearer =", "Bearer a=b", "XBearer a", "Bearer a\x80", "DPoP", "DPoP a b", "DPoPa"}) {
    EXPECT_FALSE(read_credential(value)) << value;
  }
}

}  // namespace
}  // namespace sallyport::controls::authenticate
