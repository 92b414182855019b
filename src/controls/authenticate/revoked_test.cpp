#include "controls/authenticate/revoked.hpp"

#include <gtest/gtest.h>

#include "controls/authenticate/testing/call.hpp"

namespace sallyport::controls::authenticate {
namespace {

using shared::Revocation;
using testing::Authentication;
using testing::now;

class RevokedCredentials : public Authentication {
 protected:
  void revoke(Revocation::Kind kind, std::string value, std::int64_t at = now) {
    ASSERT_TRUE(services_.part<shared::Revocations>().revoke({kind, std::move(value), at, now + 3600}, now));
  }
  std::string hers(std::int64_t issued) {
    return token(signer_, claims(R"("sub":"ada","jti":"7","sid":"s1","iat":)" + std::to_string(issued)));
  }
};

TEST_F(RevokedCredentials, AreRefusedByEachOfTheirNames) {
  ASSERT_EQ(compile("{ remember: 100, issuers: [" + issuer(signer_) + "] }"), "");
  const std::string good = hers(now - 10);
  ASSERT_EQ(rule(good), "");
  ASSERT_EQ(rule(good), "") << "its signature is remembered";
  for (const auto& [kind, value] : {std::pair{Revocation::Kind::token, "8"},
                                    {Revocation::Kind::session, "s2"},
                                    {Revocation::Kind::subject, "bob"},
                                    {Revocation::Kind::key, "7"}}) {
    revoke(kind, value);
    EXPECT_EQ(rule(good), "") << value;
  }
  revoke(Revocation::Kind::session, "s1");
  EXPECT_EQ(rule(good), "revoked");
  EXPECT_FALSE(actor().known());
  EXPECT_EQ(problem().status, 401);
}

TEST_F(RevokedCredentials, ATokenByItsId) {
  ASSERT_EQ(compile("{ remember: 100, issuers: [" + issuer(signer_) + "] }"), "");
  ASSERT_EQ(rule(hers(now)), "");
  revoke(Revocation::Kind::token, "7");
  EXPECT_EQ(rule(hers(now)), "revoked");
}

TEST_F(RevokedCredentials, OfAUserWhatWasIssuedUntilThen) {
  ASSERT_EQ(compile("{ issuers: [" + issuer(signer_) + "] }"), "");
  revoke(Revocation::Kind::subject, "ada", now - 20);
  EXPECT_EQ(rule(hers(now - 20)), "revoked");
  EXPECT_EQ(rule(hers(now - 19)), "");
  EXPECT_EQ(rule(token(signer_, claims(R"("sub":"ada")"))), "revoked") << "nobody knows when it was issued";
}

TEST_F(RevokedCredentials, AnApiKeyByItsId) {
  const Revoked revoked(&services_);
  Actor actor;
  actor.key_id = "k1";
  EXPECT_FALSE(revoked.judge(actor, now));
  revoke(Revocation::Kind::key, "k1");
  ASSERT_TRUE(revoked.judge(actor, now));
  EXPECT_EQ(revoked.judge(actor, now)->rule, "revoked");
  EXPECT_FALSE(revoked.judge(actor, now + 3600)) << "it ended";
  EXPECT_FALSE(Revoked(nullptr).judge(actor, now));
}

TEST_F(RevokedCredentials, HoldAsLongAsTheirIssuersTokensLive) {
  ASSERT_EQ(compile("{ issuers: [" + issuer(signer_, ", max_lifetime: 1h, leeway: 30s") + "] }"), "");
  EXPECT_EQ(services_.part<shared::Revocations>().default_life(), 3630);
  ASSERT_EQ(compile("{ issuers: [" + issuer(signer_) + "] }"), "");
  EXPECT_EQ(services_.part<shared::Revocations>().default_life(), shared::Revocations::longest_s) << "nobody says";
}

}  // namespace
}  // namespace sallyport::controls::authenticate
