// What makes a key, and what it fits.
#include "jose/key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "jose/key_set.hpp"
#include "jose/testing/signer.hpp"

namespace sallyport::jose {
namespace {

using testing::Signer;

Result<KeySet> set_of(const std::string& keys) { return KeySet::parse(R"({"keys":[)" + keys + "]}"); }
const std::string secret32 = "0123456789abcdef0123456789abcdef";

std::string why_ignored(const std::string& key) {
  const auto set = set_of(key);
  if (!set) return "set: " + set.error().message;
  return set->ignored().empty() ? "" : set->ignored().front();
}

TEST(Key, VerifiesWhatItsPrivateHalfSigned) {
  const Signer rsa = Signer::rsa();
  const std::vector<std::pair<Signer, std::vector<Algorithm>>> all = {
      {rsa,
       {Algorithm::rs256, Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::ps384, Algorithm::ps512}},
      {Signer::ec("P-256"), {Algorithm::es256}},
      {Signer::ec("P-384"), {Algorithm::es384}},
      {Signer::ec("P-521"), {Algorithm::es512}},
      {Signer::ed25519(), {Algorithm::eddsa}},
      {Signer::secret(secret32 + secret32), {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512}},
  };
  for (const auto& [signer, algorithms] : all) {
    const auto set = set_of(signer.jwk());
    ASSERT_TRUE(set && set->keys().size() == 1) << signer.jwk();
    const Key& key = set->keys().front();
    for (const Algorithm algorithm : algorithms) {
      std::string signature = signer.sign(algorithm, "text");
      EXPECT_TRUE(key.verify(algorithm, "text", signature)) << name_of(algorithm);
      EXPECT_FALSE(key.verify(algorithm, "texT", signature)) << name_of(algorithm);
      EXPECT_FALSE(key.verify(algorithm, "text", signature + '\0')) << name_of(algorithm);
      EXPECT_FALSE(key.verify(algorithm, "text", signature.substr(1))) << name_of(algorithm);
      EXPECT_FALSE(key.verify(algorithm, "text", "")) << name_of(algorithm);
      signature[5] = static_cast<char>(signature[5] ^ 1);
      EXPECT_FALSE(key.verify(algorithm, "text", signature)) << name_of(algorithm);
    }
    for (std::size_t i = 0; i < algorithm_count; ++i) {
      const auto algorithm = static_cast<Algorithm>(i);
      EXPECT_EQ(key.fits(algorithm), std::ranges::find(algorithms, algorithm) != algorithms.end())
          << name_of(algorithm);
    }
  }
}

TEST(Key, OfAnotherPairDoesNotVerify) {
  const Signer one = Signer::ec("P-256");
  const auto set = set_of(Signer::ec("P-256").jwk());
  EXPECT_FALSE(set->keys().front().verify(Algorithm::es256, "text", one.sign(Algorithm::es256, "text")));
}

TEST(Key, RsaBelow2048BitsIsNotUsed) {
  EXPECT_THAT(why_ignored(Signer::rsa(2047).jwk()), ::testing::HasSubstr("below 2048"));
  EXPECT_EQ(why_ignored(Signer::rsa(2048).jwk()), "");
}

TEST(Key, RsaAbove8192BitsIsNotUsed) {
  // Odd numbers of that size; no pair is needed to see it.
  EXPECT_TRUE(Key::rsa(std::string(1024, '\xfb'), "\x03"));
  const auto longer = Key::rsa("\x01" + std::string(1024, '\xfb'), "\x03");
  ASSERT_FALSE(longer);
  EXPECT_THAT(longer.error().message, ::testing::HasSubstr("above 8192"));
  EXPECT_FALSE(Key::rsa(std::string(1026, '\xfb'), "\x03"));
}

TEST(Key, RsaExponentIsOddAndAboveOne) {
  std::string modulus(256, '\xfd');
  modulus.back() = '\x01';
  EXPECT_TRUE(Key::rsa(modulus, "\x03"));
  EXPECT_FALSE(Key::rsa(modulus, "\x01"));
  EXPECT_FALSE(Key::rsa(modulus, "\x02"));
  EXPECT_FALSE(Key::rsa(modulus, std::string("\0", 1)));
  EXPECT_FALSE(Key::rsa(modulus, "\x01\x00\x00\x00\x00\x00\x00\x00\x01"));
  modulus.back() = '\x02';
  EXPECT_FALSE(Key::rsa(modulus, "\x03")) << "an even modulus";
}

TEST(Key, SecretsAreAsLongAsTheHash) {
  EXPECT_FALSE(Key::secret(secret32.substr(1)));
  EXPECT_FALSE(Key::secret(std::string(1025, 'x')));
  EXPECT_TRUE(Key::secret(std::string(1024, 'x')));
  const Key short_one = *Key::secret(std::string(47, 'x'));
  EXPECT_TRUE(short_one.fits(Algorithm::hs256));
  EXPECT_FALSE(short_one.fits(Algorithm::hs384));
  EXPECT_TRUE(Key::secret(std::string(48, 'x'))->fits(Algorithm::hs384));
  EXPECT_FALSE(Key::secret(std::string(63, 'x'))->fits(Algorithm::hs512));
  EXPECT_TRUE(Key::secret(std::string(64, 'x'))->fits(Algorithm::hs512));
}

TEST(Key, APointMustLieOnItsCurve) {
  EXPECT_FALSE(Key::elliptic(KeyType::p256, std::string(32, '\1'), std::string(32, '\1')));
  EXPECT_FALSE(Key::elliptic(KeyType::p256, std::string(31, '\1'), std::string(33, '\1')));
  EXPECT_FALSE(Key::edwards(KeyType::ed25519, std::string(31, '\1')));
}

TEST(Key, ThumbprintIsThatOfTheRfc) {
  // RFC 7638 §3.1.
  const auto set = KeySet::parse(
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb)"
      R"(WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb)"
      R"(9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF)"
      R"(Cur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})");
  ASSERT_TRUE(set && set->keys().size() == 1);
  EXPECT_EQ(set->keys().front().thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Key, APemIsThePublicHalf) {
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
      "-----END PUBLIC KEY-----\n";
  const auto key = Key::pem(pem);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->type(), KeyType::ed25519);
  EXPECT_EQ(key->thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // RFC 8037 §A.3
  EXPECT_FALSE(Key::pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
}

TEST(KeySet, KeysForAnotherUseAreLeftOut) {
  const Signer signer = Signer::ec("P-256");
  EXPECT_EQ(why_ignored(signer.jwk(R"("use":"sig","key_ops":["verify"],"alg":"ES256","kid":"a")")), "");
  EXPECT_EQ(why_ignored(signer.jwk(R"("kid":"a","use":"enc")")), "key 1 (a): `use` is not sig");
  EXPECT_EQ(why_ignored(signer.jwk(R"("key_ops":["sign"])")), "key 1: `key_ops` has no verify");
  EXPECT_EQ(why_ignored(signer.jwk(R"("key_ops":"verify")")), "key 1: `key_ops` is no list");
  EXPECT_EQ(why_ignored(signer.jwk(R"("alg":"A256GCM")")), "key 1: `alg` is no algorithm for signatures");
  EXPECT_EQ(why_ignored(signer.jwk(R"("alg":"none")")), "key 1: `alg` is no algorithm for signatures");
  EXPECT_EQ(why_ignored(signer.jwk(R"("alg":"ES384")")), "key 1: `alg` does not fit the key");
  EXPECT_EQ(why_ignored(signer.jwk(R"("alg":7)")), "key 1: `alg` is no string");
  EXPECT_EQ(why_ignored(signer.jwk(R"("kid":7)")), "key 1: `kid` is no string");
  EXPECT_EQ(why_ignored(signer.jwk(R"("kid":")" + std::string(513, 'k') + '"')),
            "key 1 (" + std::string(64, 'k') + "): `kid` is too long");
  EXPECT_EQ(why_ignored(R"({"kty":"XYZ"})"), "key 1: `kty` is none of RSA, EC, OKP, oct");
  EXPECT_EQ(why_ignored(R"({"kty":"oct","k":"AAAA"})"), "key 1: the secret is shorter than 32 bytes");
  EXPECT_EQ(why_ignored(R"({"kty":"RSA","n":"AA==","e":"AQAB"})"), "key 1: `n` is no base64url");
  EXPECT_EQ(why_ignored("7"), "key 1: it is no object");
}

TEST(KeySet, AnAlgorithmBinds) {
  const Signer signer = Signer::rsa();
  const auto set = set_of(signer.jwk(R"("alg":"RS256")"));
  EXPECT_TRUE(set->keys().front().verify(Algorithm::rs256, "x", signer.sign(Algorithm::rs256, "x")));
  EXPECT_FALSE(set->keys().front().verify(Algorithm::ps256, "x", signer.sign(Algorithm::ps256, "x")));
}

TEST(KeySet, IsRefusedWhenAmbiguous) {
  const Signer a = Signer::ec("P-256");
  const Signer b = Signer::ec("P-256");
  EXPECT_TRUE(set_of(a.jwk(R"("kid":"1")") + "," + b.jwk(R"("kid":"2")")));
  EXPECT_FALSE(set_of(a.jwk(R"("kid":"1")") + "," + b.jwk(R"("kid":"1")")));
  EXPECT_FALSE(set_of(a.jwk(R"("kid":"1")") + R"(,{"kty":"EC","kid":"1"})")) << "one of them broken";
  EXPECT_TRUE(set_of(a.jwk(R"("kid":"1")") + "," + b.jwk(R"("kid":"1","use":"enc")")));
  // Equivalent alternatives of another type may share an id (RFC 7517 §4.5).
  EXPECT_TRUE(set_of(a.jwk(R"("kid":"1")") + "," + Signer::ed25519().jwk(R"("kid":"1")")));
  EXPECT_FALSE(set_of(a.jwk() + "," + Signer::secret(secret32).jwk()));
}

TEST(KeySet, IsBounded) {
  std::string many = Signer::secret(secret32).jwk();
  for (std::size_t i = 1; i < KeySet::max_keys; ++i) many += R"(,{"kty":"XYZ"})";
  EXPECT_TRUE(set_of(many));
  EXPECT_FALSE(set_of(many + R"(,{"kty":"XYZ"})"));
  const std::string set = R"({"keys":[]})";
  EXPECT_TRUE(KeySet::parse(set + std::string(KeySet::max_bytes - set.size(), ' ')));
  EXPECT_FALSE(KeySet::parse(set + std::string(KeySet::max_bytes - set.size() + 1, ' ')));
}

TEST(KeySet, WhatIsNoSetIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]}x)", R"({"keys":[],"keys":[]})"}) {
    EXPECT_FALSE(KeySet::parse(text)) << text;
  }
}

TEST(KeySet, AnIdNamesTheKeyExactly) {
  const Signer a = Signer::ec("P-256");
  const Signer b = Signer::ec("P-256");
  const auto set = set_of(a.jwk(R"("kid":"a")") + "," + b.jwk(R"("kid":"b")"));
  const std::string by_a = a.sign(Algorithm::es256, "x");
  using Match = KeySet::Match;
  EXPECT_EQ(set->verify(Algorithm::es256, "a", "x", by_a), Match::good);
  EXPECT_EQ(set->verify(Algorithm::es256, "b", "x", by_a), Match::bad_signature);
  EXPECT_EQ(set->verify(Algorithm::es256, "A", "x", by_a), Match::unknown_key);
  EXPECT_EQ(set->verify(Algorithm::es256, "", "x", by_a), Match::unknown_key);
  EXPECT_EQ(set->verify(Algorithm::es384, "a", "x", by_a), Match::unknown_key);
  EXPECT_EQ(set->verify(Algorithm::es256, std::nullopt, "x", b.sign(Algorithm::es256, "x")), Match::good);
  // A key without id stands for any.
  EXPECT_EQ(set_of(a.jwk())->verify(Algorithm::es256, "z", "x", by_a), Match::good);
}

TEST(KeySet, TriesOnlySoManyKeys) {
  std::string keys;
  for (std::size_t i = 0; i < KeySet::max_tries - 1; ++i) {
    keys += Signer::secret(secret32 + std::to_string(i)).jwk(R"("kid":")" + std::to_string(i) + '"') + ",";
  }
  const Signer ours = Signer::secret(secret32 + "ours");
  const std::string signature = ours.sign(Algorithm::hs256, "x");
  const std::string last = ours.jwk(R"("kid":"ours")");
  EXPECT_EQ(set_of(keys + last)->verify(Algorithm::hs256, std::nullopt, "x", signature), KeySet::Match::good);
  const std::string more = Signer::secret(secret32 + "more").jwk(R"("kid":"more")") + ",";
  EXPECT_EQ(set_of(keys + more + last)->verify(Algorithm::hs256, std::nullopt, "x", signature),
            KeySet::Match::bad_signature);
}

}  // namespace
}  // namespace sallyport::jose
