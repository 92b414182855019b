// Tokens that are bound to a key, in calls: what each mode takes, and what is refused.
#include "controls/authenticate/possession.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "base/base64.hpp"
#include "controls/authenticate/testing/call.hpp"
#include "jose/key_set.hpp"

namespace sallyport::controls::authenticate {
namespace {

using jose::Algorithm;
using jose::testing::Signer;
using ::testing::HasSubstr;
using testing::now;

class PossessionTest : public testing::Authentication {
 protected:
  void compile_with(const std::string& more) {
    ASSERT_EQ(compile("{ issuers: [" + issuer(signer_) + "]" + more + " }"), "");
  }
  static std::string thumbprint(const Signer& signer) {
    return jose::KeySet::parse(signer.jwk())->keys().front().thumbprint();
  }
  std::string bound() const { return token(signer_, claims(R"("cnf":{"jkt":")" + thumbprint(holder_) + "\"}")); }
  // A proof for a call of the fixture with that token.
  std::string proof(const std::string& of, const std::string& more = {}, const Signer* by = nullptr) {
    const Signer& signer = by != nullptr ? *by : holder_;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(of.data()), of.size(), digest);
    const std::string hash = encode_base64({reinterpret_cast<const char*>(digest), sizeof digest}, Base64::url);
    return signer.token(Algorithm::es256, R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + signer.jwk() + "}",
                        R"({"jti":")" + std::to_string(++proofs_) + R"(","htm":"GET","htu":"http://h/orders","iat":)" +
                            std::to_string(now) + R"(,"ath":")" + hash + "\"" + more + "}");
  }
  std::string rule_with(const std::string& token, const std::string& proof, const std::string& scheme = "DPoP") {
    return rule_of("Authorization: " + scheme + " " + token + "\r\nDPoP: " + proof + "\r\n");
  }

  int proofs_ = 0;
  const Signer holder_ = Signer::ec("P-256");
};

TEST_F(PossessionTest, ABoundTokenIsGoodWithAProofAlone) {
  compile_with("");
  const std::string good = bound();
  EXPECT_EQ(rule_with(good, proof(good)), "");
  EXPECT_TRUE(actor().known());
  EXPECT_EQ(request_.fields.find("DPoP"), nullptr);
  EXPECT_EQ(request_.fields.find("Authorization"), nullptr);
  EXPECT_EQ(rule(good), "bound_token");
  EXPECT_EQ(rule_with(good, proof(good), "Bearer"), "bound_token") << "as a plain bearer, whatever stands beside it";
  EXPECT_EQ(rule_of("Authorization: DPoP " + good + "\r\n"), "dpop_missing");
}

TEST_F(PossessionTest, AnUnboundTokenIsAPlainBearer) {
  compile_with("");
  const std::string plain = token(signer_, claims());
  EXPECT_EQ(rule(plain), "");
  EXPECT_EQ(rule_with(plain, proof(plain)), "dpop_binding");
}

TEST_F(PossessionTest, TheProofIsByTheKeyThatTheTokenIsBoundTo) {
  compile_with("");
  const std::string good = bound();
  const Signer thief = Signer::ec("P-256");
  EXPECT_EQ(rule_with(good, proof(good, {}, &thief)), "dpop_binding");
  EXPECT_EQ(problem().extra_name, "WWW-Authenticate");
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr(R"(DPoP realm="shop", algs="ES256)"));
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr(R"(error="invalid_dpop_proof")"));
}

TEST_F(PossessionTest, AProofIsGoodOnceAlsoAfterAReload) {
  compile_with("");
  const std::string good = bound();
  const std::string once = proof(good);
  EXPECT_EQ(rule_with(good, once), "");
  EXPECT_EQ(rule_with(good, once), "dpop_replay");
  compile_with("");
  EXPECT_EQ(rule_with(good, once), "dpop_replay");
  EXPECT_EQ(rule_with(good, proof(good)), "");
}

TEST_F(PossessionTest, ACallHasOneProof) {
  compile_with("");
  const std::string good = bound();
  EXPECT_EQ(rule_of("Authorization: DPoP " + good + "\r\nDPoP: " + proof(good) + "\r\ndpop: " + proof(good) + "\r\n"),
            "dpop_missing");
}

TEST_F(PossessionTest, AProofForAnotherCallIsRefused) {
  compile_with("");
  const std::string good = bound();
  EXPECT_EQ(rule_with(good, proof("another token")), "dpop_token");
  EXPECT_EQ(rule_with(good, "nonsense"), "dpop_form");
}

TEST_F(PossessionTest, ABadTokenWithAGoodProofIsBad) {
  compile_with("");
  const std::string forged = token(Signer::ec("P-256"), claims(R"("cnf":{"jkt":")" + thumbprint(holder_) + "\"}"));
  EXPECT_EQ(rule_with(forged, proof(forged)), "signature");
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr("DPoP realm"));
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr("invalid_token"));
}

TEST_F(PossessionTest, StrictTakesNoPlainBearer) {
  compile_with(", dpop: strict");
  EXPECT_EQ(rule(token(signer_, claims())), "dpop_missing");
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr("DPoP realm"));
  const std::string good = bound();
  EXPECT_EQ(rule_with(good, proof(good)), "");
}

TEST_F(PossessionTest, OffTakesNoProofAndNoTokenThatNeedsOne) {
  compile_with(", dpop: off");
  const std::string good = bound();
  EXPECT_EQ(rule_with(good, proof(good)), "scheme");
  EXPECT_EQ(rule(good), "bound_token");
  EXPECT_EQ(rule(token(signer_, claims())), "");
}

TEST_F(PossessionTest, ANonceIsAskedForAndThenTaken) {
  compile_with(", dpop: { nonce: true }");
  const std::string good = bound();
  EXPECT_EQ(rule_with(good, proof(good)), "dpop_nonce");
  EXPECT_THAT(std::string(problem().extra_value), HasSubstr(R"(error="use_dpop_nonce")"));
  ASSERT_EQ(problem().fields.size(), 1u);
  EXPECT_EQ(problem().fields[0].name, "DPoP-Nonce");
  const std::string nonce(problem().fields[0].value);
  EXPECT_EQ(rule_with(good, proof(good, R"(,"nonce":")" + nonce + '"')), "");
  EXPECT_EQ(rule_with(good, proof(good, R"(,"nonce":"x)" + nonce + '"')), "dpop_nonce");
}

TEST_F(PossessionTest, OtherBindingsAreNotIgnored) {
  compile_with("");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":{"x5t#S256":"abc"})"))), "bound_token");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":"abc")"))), "bound_token");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":{"jkt":7})"))), "bound_token");
  EXPECT_EQ(rule(token(signer_, claims(R"("cnf":{"other":"x"})"))), "");
}

}  // namespace
}  // namespace sallyport::controls::authenticate
