// Services that are known by their client certificates, in calls.
#include "controls/authenticate/services.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controls/authenticate/testing/call.hpp"

#include <sallyport/certificate.hpp>

namespace sallyport::controls::authenticate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServicesTest : public testing::Authentication {
 protected:
  ServicesTest() { connection_.certificate = &shown_; }
  void compile_with(const std::string& section) { ASSERT_EQ(compile(section), ""); }

  static constexpr const char* billing =
      "services: [{ certificate: 'spiffe://example.org/ns/prod/*', client: billing, tenant: north, scopes: [a, b], "
      "roles: ops }, { certificate: 'dns:b.test' }]";
  ClientCertificate shown_{.subject = "CN=billing",
                           .issuer = "CN=Root",
                           .thumbprint = "thumb",
                           .dns = {"b.test"},
                           .spiffe = "spiffe://example.org/ns/prod/billing"};
};

TEST_F(ServicesTest, TheFirstThatFitsSaysWhoItIs) {
  compile_with(std::string("{ ") + billing + " }");
  EXPECT_EQ(rule_of(""), "");
  EXPECT_EQ(actor().how, sallyport::Authentication::mtls);
  EXPECT_EQ(actor().subject, "spiffe://example.org/ns/prod/billing");
  EXPECT_EQ(actor().issuer, "CN=Root");
  EXPECT_EQ(actor().client, "billing");
  EXPECT_EQ(actor().tenant, "north");
  EXPECT_EQ(actor().token_id, "thumb");
  EXPECT_THAT(actor().scopes, ElementsAre("a", "b"));
  EXPECT_THAT(actor().roles, ElementsAre("ops"));
  shown_.spiffe = "";
  EXPECT_EQ(rule_of(""), "");
  EXPECT_EQ(actor().subject, "b.test");
  EXPECT_EQ(actor().client, "b.test");
}

TEST_F(ServicesTest, OthersAreNobody) {
  compile_with(std::string("{ ") + billing + " }");
  shown_.spiffe = "";
  shown_.dns = {};
  EXPECT_EQ(rule_of(""), "certificate_unknown");
  EXPECT_EQ(problem().status, 401);
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr("ClientCertificate realm"));
  connection_.certificate = nullptr;
  EXPECT_EQ(rule_of(""), "no_credentials");
}

TEST_F(ServicesTest, WhereNobodyIsNamedACertificateIsNoCredential) {
  compile_with("{ issuers: [" + issuer(signer_) + "] }");
  EXPECT_EQ(rule_of(""), "no_credentials");
}

TEST_F(ServicesTest, ScopesAreThoseOfTheService) {
  compile_with(std::string("{ scopes: b, ") + billing + " }");
  EXPECT_EQ(rule_of(""), "");
  shown_.spiffe = "";
  EXPECT_EQ(rule_of(""), "insufficient_scope") << "the other one has none";
}

TEST_F(ServicesTest, ATokenNamesTheUserBesideTheService) {
  compile_with("{ needs: token_and_certificate, issuers: [" + issuer(signer_) + "], " + billing + " }");
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"ada")"))), "");
  EXPECT_EQ(actor().how, sallyport::Authentication::jwt);
  EXPECT_EQ(actor().subject, "ada");
  EXPECT_EQ(actor().client, "billing");
  EXPECT_TRUE(actor().scopes.empty()) << "a service lends nobody its scopes";
  EXPECT_EQ(rule_of(""), "no_credentials");
  EXPECT_EQ(rule("nonsense"), "form") << "a bad token is bad beside a good certificate";
  shown_.spiffe = shown_.dns[0] = "";
  EXPECT_EQ(rule(token(signer_, claims())), "certificate_unknown");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule(token(signer_, claims())), "no_credentials");
}

TEST_F(ServicesTest, WhereACertificateIsNeededNothingElseWillDo) {
  compile_with("{ needs: certificate, issuers: [" + issuer(signer_) + "], " + billing + " }");
  EXPECT_EQ(rule_of(""), "");
  EXPECT_EQ(rule(token(signer_, claims())), "");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule(token(signer_, claims())), "no_credentials");
  EXPECT_EQ(rule_of(""), "no_credentials");
}

TEST_F(ServicesTest, WithNothingNeededTheServiceIsKnownAllTheSame) {
  compile_with(std::string("{ optional: true, ") + billing + " }");
  EXPECT_EQ(rule_of(""), "");
  EXPECT_EQ(actor().client, "billing");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule_of(""), "");
  EXPECT_FALSE(actor().known());
}

TEST_F(ServicesTest, MistakesAreTold) {
  EXPECT_THAT(compile("{ services: [{ certificate: billing }] }"), HasSubstr("`billing` is no name of a certificate"));
  EXPECT_THAT(compile("{ services: [{ client: a }] }"), HasSubstr("certificate"));
  EXPECT_THAT(compile("{ needs: certificate }"), HasSubstr("give `services`"));
  EXPECT_THAT(compile(std::string("{ needs: token_and_certificate, ") + billing + " }"), HasSubstr("nobody may issue"));
  EXPECT_THAT(
      compile("{ needs: token_and_certificate, optional: true, issuers: [" + issuer(signer_) + "], " + billing + " }"),
      HasSubstr("optional"));
}

// RFC 8705 §3: the certificate of the connection is the proof.
TEST_F(ServicesTest, ATokenThatIsBoundToACertificateComesWithIt) {
  compile_with("{ issuers: [" + issuer(signer_) + "] }");
  const std::string bound = token(signer_, claims(R"("sub":"ada","cnf":{"x5t#S256":"thumb"})"));
  EXPECT_EQ(rule(bound), "");
  EXPECT_EQ(actor().subject, "ada");
  shown_.thumbprint = "another";
  EXPECT_EQ(rule(bound), "certificate_binding");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule(bound), "bound_token");
}

TEST_F(ServicesTest, ABindingThatIsNoTextBindsToNothing) {
  compile_with("{ issuers: [" + issuer(signer_) + "] }");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":{"x5t#S256":["thumb"]})"))), "bound_token");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":{"x5t#S256":""})"))), "certificate_binding");
}

TEST_F(ServicesTest, ATokenThatIsBoundTwiceNeedsBoth) {
  compile_with("{ issuers: [" + issuer(signer_) + "] }");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":{"x5t#S256":"thumb","jkt":"k"})"))), "bound_token");
}

}  // namespace
}  // namespace sallyport::controls::authenticate
