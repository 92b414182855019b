// Each check of RFC 9449 §4.3 on its own: a good proof, and the same proof with one thing wrong.
#include "identity/dpop.hpp"

#include <gtest/gtest.h>

#include "identity/seen_proofs.hpp"
#include "jose/key_set.hpp"
#include "jose/testing/signer.hpp"

namespace sallyport::identity {
namespace {

using jose::Algorithm;
using jose::testing::Signer;

constexpr std::int64_t now = 1'700'000'000;
// SHA-256 of "token", base64url.
const std::string ath = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A";

class Dpop : public ::testing::Test {
 protected:
  struct Parts {
    std::string header = R"("typ":"dpop+jwt","alg":"ES256")";
    std::string jwk = {};
    std::string jti = R"("jti":"1")";
    std::string htm = R"("htm":"GET")";
    std::string htu = R"("htu":"https://api.test/orders")";
    std::string iat = R"("iat":1700000000)";
    std::string hash = R"("ath":")" + ath + '"';
    std::string more = {};
  };

  static std::string join(std::initializer_list<std::string> members) {
    std::string out;
    for (const std::string& member : members) {
      if (!member.empty()) out += (out.empty() ? "{" : ",") + member;
    }
    return out + "}";
  }
  std::string proof(const Parts& parts, Algorithm algorithm = Algorithm::es256) const {
    const std::string jwk = parts.jwk.empty() ? "\"jwk\":" + signer_.jwk() : parts.jwk == "-" ? "" : parts.jwk;
    return signer_.token(algorithm, join({parts.header, jwk}),
                         join({parts.jti, parts.htm, parts.htu, parts.iat, parts.hash, parts.more}));
  }
  std::string rule_of(const std::string& compact) {
    const auto checked = check_dpop(compact, call_, rules_, now, arena_);
    return checked ? "" : std::string(checked.error().rule);
  }
  std::string rule(const Parts& parts) { return rule_of(proof(parts)); }

  const Signer signer_ = Signer::ec("P-256");
  DpopCall call_{.method = "GET", .host = "api.test", .path = "/orders", .token = "token"};
  DpopRules rules_;
  Arena arena_;
};

TEST_F(Dpop, AGoodProofNamesItsKeyItsIdAndItsNonce) {
  const auto checked = check_dpop(proof({.more = R"("nonce":"n")"}), call_, rules_, now, arena_);
  ASSERT_TRUE(checked) << checked.error().rule;
  EXPECT_EQ(checked->key, jose::KeySet::parse(signer_.jwk())->keys().front().thumbprint());
  EXPECT_EQ(checked->id, "1");
  EXPECT_EQ(checked->nonce, "n");
  EXPECT_EQ(rule({}), "");
}

TEST_F(Dpop, EveryKindOfKeyMaySign) {
  for (const auto& [signer, algorithm, name] :
       {std::tuple{Signer::rsa(), Algorithm::rs256, "RS256"}, std::tuple{Signer::rsa(), Algorithm::ps256, "PS256"},
        std::tuple{Signer::ec("P-384"), Algorithm::es384, "ES384"},
        std::tuple{Signer::ed25519(), Algorithm::eddsa, "EdDSA"}}) {
    const std::string header = R"({"typ":"dpop+jwt","alg":")" + std::string(name) + R"(","jwk":)" + signer.jwk() + "}";
    const Parts parts;
    EXPECT_EQ(rule_of(signer.token(algorithm, header, join({parts.jti, parts.htm, parts.htu, parts.iat, parts.hash}))),
              "")
        << name;
  }
}

TEST_F(Dpop, IsOneSignedToken) {
  for (const char* text : {"", "a", "a.b", "a.b.c", "a.b.c.d"}) EXPECT_EQ(rule_of(text), "dpop_form") << text;
  EXPECT_EQ(rule_of(proof({}) + ","), "dpop_form");
  EXPECT_EQ(rule({.more = R"("jti":"2")"}), "dpop_form") << "a name twice";
  EXPECT_EQ(rule({.header = R"("typ":"dpop+jwt","alg":"ES256","crit":["x"])"}), "dpop_form");
}

TEST_F(Dpop, HasALimit) {
  const auto padded = [&](std::size_t size) {
    std::string text = proof({.more = R"("x":")" + std::string(size, 'x') + '"'});
    return text;
  };
  std::size_t size = max_dpop_bytes / 2;
  while (padded(size + 1).size() <= max_dpop_bytes) size += 1 + (max_dpop_bytes - padded(size + 1).size()) / 2;
  EXPECT_EQ(rule_of(padded(size)), "");
  EXPECT_EQ(rule_of(padded(size + 4)), "dpop_form");
  EXPECT_EQ(rule({.jti = R"("jti":")" + std::string(max_dpop_id_bytes, 'j') + '"'}), "");
  EXPECT_EQ(rule({.jti = R"("jti":")" + std::string(max_dpop_id_bytes + 1, 'j') + '"'}), "dpop_claim");
}

TEST_F(Dpop, TypIsDpopJwt) {
  EXPECT_EQ(rule({.header = R"("typ":"application/DPoP+JWT","alg":"ES256")"}), "");
  EXPECT_EQ(rule({.header = R"("typ":"JWT","alg":"ES256")"}), "dpop_type");
  EXPECT_EQ(rule({.header = R"("alg":"ES256")"}), "dpop_type");
}

TEST_F(Dpop, TheAlgorithmIsOneOfTwoHalves) {
  const Parts parts;
  const std::string claims = join({parts.jti, parts.htm, parts.htu, parts.iat, parts.hash});
  const Signer secret = Signer::secret(std::string(32, 's'));
  EXPECT_EQ(
      rule_of(secret.token(Algorithm::hs256, R"({"typ":"dpop+jwt","alg":"HS256","jwk":)" + secret.jwk() + "}", claims)),
      "dpop_algorithm");
  EXPECT_EQ(rule({.header = R"("typ":"dpop+jwt","alg":"none")"}), "dpop_algorithm");
  EXPECT_EQ(rule({.header = R"("typ":"dpop+jwt","alg":"es256")"}), "dpop_algorithm");
}

TEST_F(Dpop, TheKeyIsPublicAndFits) {
  EXPECT_EQ(rule({.jwk = "-"}), "dpop_key");
  EXPECT_EQ(rule({.jwk = R"("jwk":"k")"}), "dpop_key");
  EXPECT_EQ(rule({.jwk = R"("jwk":{"kty":"EC"})"}), "dpop_key");
  for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    EXPECT_EQ(rule({.jwk = "\"jwk\":" + signer_.jwk("\"" + std::string(secret) + R"(":"AQ")")}), "dpop_key") << secret;
  }
  EXPECT_EQ(rule({.header = R"("typ":"dpop+jwt","alg":"RS256")"}), "dpop_key");
  EXPECT_EQ(rule({.jwk = "\"jwk\":" + Signer::secret(std::string(32, 's')).jwk()}), "dpop_key");
}

TEST_F(Dpop, TheKeyInItSignedIt) {
  EXPECT_EQ(rule({.jwk = "\"jwk\":" + Signer::ec("P-256").jwk()}), "dpop_signature");
  std::string forged = proof({});
  char& letter = forged[forged.size() - 20];
  letter = letter == 'A' ? 'B' : 'A';
  EXPECT_EQ(rule_of(forged), "dpop_signature");
}

TEST_F(Dpop, EveryClaimIsThere) {
  EXPECT_EQ(rule({.jti = ""}), "dpop_claim");
  EXPECT_EQ(rule({.htm = ""}), "dpop_claim");
  EXPECT_EQ(rule({.htu = ""}), "dpop_claim");
  EXPECT_EQ(rule({.iat = ""}), "dpop_claim");
  EXPECT_EQ(rule({.hash = ""}), "dpop_token");
  EXPECT_EQ(rule({.jti = R"("jti":"")"}), "dpop_claim");
  EXPECT_EQ(rule({.jti = R"("jti":1)"}), "dpop_claim");
  EXPECT_EQ(rule({.iat = R"("iat":"1700000000")"}), "dpop_claim");
  EXPECT_EQ(rule({.more = R"("nonce":1)"}), "dpop_claim");
}

TEST_F(Dpop, TheMethodIsTheCalls) {
  EXPECT_EQ(rule({.htm = R"("htm":"POST")"}), "dpop_method");
  EXPECT_EQ(rule({.htm = R"("htm":"get")"}), "dpop_method");
}

TEST_F(Dpop, TheAddressIsTheCallsWithoutQueryAndFragment) {
  const auto uri = [&](const std::string& text) { return rule({.htu = R"("htu":")" + text + '"'}); };
  for (const char* same :
       {"https://api.test:443/orders", "HTTPS://API.test/orders", "https://api.test/orders?x=y",
        "https://api.test/orders#part", "https://api.test/%6frders", "https://api.test/x/../orders"}) {
    EXPECT_EQ(uri(same), "") << same;
  }
  for (const char* other :
       {"http://api.test/orders", "https://api.test:8443/orders", "https://api.test/orders/", "https://api.test/Orders",
        "https://other.test/orders", "https://api.test.evil/orders", "api.test/orders", "https://api.test",
        "https://u@api.test/orders", "https:///orders", "https://api.test/%zz"}) {
    EXPECT_EQ(uri(other), "dpop_uri") << other;
  }
  call_.port = 8443;
  EXPECT_EQ(uri("https://api.test:8443/orders"), "");
  EXPECT_EQ(uri("https://api.test/orders"), "dpop_uri");
  call_.https = false;
  call_.port = 80;
  EXPECT_EQ(uri("http://api.test/orders"), "");
}

TEST_F(Dpop, ItsTimeIsNow) {
  const auto at = [&](std::int64_t second) { return rule({.iat = "\"iat\":" + std::to_string(now + second)}); };
  EXPECT_EQ(at(rules_.ahead), "");
  EXPECT_EQ(at(rules_.ahead + 1), "dpop_time");
  EXPECT_EQ(at(1 - rules_.max_age), "");
  EXPECT_EQ(at(-rules_.max_age), "dpop_time");
}

TEST_F(Dpop, IsForTheTokenBesideIt) {
  call_.token = "other";
  EXPECT_EQ(rule({}), "dpop_token");
  call_.token = "token";
  EXPECT_EQ(rule({.hash = R"("ath":")" + ath + R"(=")"}), "dpop_token");
}

TEST(SeenProofs, NoProofComesTwiceWhileItIsGood) {
  engine::Services services;
  auto& seen = services.part<SeenProofs>();
  EXPECT_EQ(seen.add("key", "1", now, 65), SeenProofs::Seen::first);
  EXPECT_EQ(seen.add("key", "1", now + 64, 65), SeenProofs::Seen::again);
  EXPECT_EQ(seen.add("kex", "1", now, 65), SeenProofs::Seen::first);
  EXPECT_EQ(seen.add("key", "2", now, 65), SeenProofs::Seen::first);
  EXPECT_EQ(seen.add("key", "1", now + 65, 65), SeenProofs::Seen::first) << "too old to pass by its time";
}

TEST(SeenProofs, WithoutRoomNothingIsTakenUnseen) {
  engine::Services services;
  auto& seen = services.part<SeenProofs>();
  std::size_t first = 0;
  bool refused = false;
  for (std::size_t i = 0; i < SeenProofs::shards * SeenProofs::max_in_shard + 1; ++i) {
    const auto result = seen.add("key", std::to_string(i), now, 65);
    ASSERT_NE(result, SeenProofs::Seen::again);
    first += result == SeenProofs::Seen::first;
    refused = refused || result == SeenProofs::Seen::no_room;
  }
  EXPECT_TRUE(refused);
  EXPECT_LE(first, SeenProofs::shards * SeenProofs::max_in_shard);
  EXPECT_GT(first, SeenProofs::shards * SeenProofs::max_in_shard * 9 / 10);
  EXPECT_EQ(seen.add("key", "new", now + 65, 65), SeenProofs::Seen::first) << "time makes room";
}

TEST(SeenProofs, NoncesAreGoodForOneOrTwoMinutes) {
  engine::Services services;
  const auto& seen = services.part<SeenProofs>();
  const std::int64_t begin = now / 60 * 60;
  const std::string nonce = seen.nonce(begin);
  EXPECT_EQ(seen.nonce(begin + 59), nonce);
  EXPECT_TRUE(seen.is_nonce(nonce, begin + 119));
  EXPECT_FALSE(seen.is_nonce(nonce, begin + 120));
  EXPECT_FALSE(seen.is_nonce(nonce, begin - 1));
  EXPECT_FALSE(seen.is_nonce("", begin));
  engine::Services others;
  EXPECT_FALSE(others.part<SeenProofs>().is_nonce(nonce, begin));
}

}  // namespace
}  // namespace sallyport::identity
