#include "jose/signing_key.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "jose/claims.hpp"
#include "jose/jws.hpp"
#include "jose/key_set.hpp"

namespace sallyport::jose {
namespace {

KeySet::Match verified(const KeySet& keys, const std::string& token) {
  Arena arena;
  const auto jws = read_jws(token, arena);
  if (!jws) return KeySet::Match::unknown_key;
  return keys.verify(jws->algorithm, jws->key_id, jws->signing_input, jws->signature);
}

TEST(SigningKey, ItsTokensVerifyByItsPublicHalf) {
  const SigningKey key = SigningKey::generate().value();
  const KeySet keys = KeySet::parse(R"({"keys":[)" + key.jwk() + "]}").value();
  ASSERT_EQ(keys.keys().size(), 1u);
  EXPECT_EQ(keys.keys().front().id(), key.id());
  for (int i = 0; i < 300; ++i) {  // r and s with zeros in front, too
    const std::string token = key.token(R"({"n":)" + std::to_string(i) + "}").value();
    ASSERT_EQ(verified(keys, token), KeySet::Match::good) << token;
  }
  const SigningKey other = SigningKey::generate().value();
  EXPECT_EQ(verified(keys, other.token("{}").value()), KeySet::Match::unknown_key);
}

TEST(SigningKey, HasTheClaimsAsGivenAndATypeOfItsOwn) {
  const SigningKey key = SigningKey::generate().value();
  Arena arena;
  const std::string token = key.token(R"({"sub":"ada"})").value();
  const auto jws = read_jws(token, arena);
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->payload, R"({"sub":"ada"})");
  EXPECT_EQ(jws->type, "JWT");
  EXPECT_EQ(jws->algorithm, Algorithm::es256);
  EXPECT_EQ(jws->key_id, key.id());
}

TEST(SigningKey, IsReadAgainAsWritten) {
  const SigningKey key = SigningKey::generate().value();
  const SigningKey again = SigningKey::read(key.pem().value()).value();
  EXPECT_EQ(again.id(), key.id());
  EXPECT_EQ(again.jwk(), key.jwk());
  EXPECT_FALSE(key.jwk().contains("\"d\""));
}

TEST(SigningKey, AnotherKindOfKeyIsRefused) {
  EXPECT_FALSE(SigningKey::read(""));
  EXPECT_FALSE(SigningKey::read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> other(EVP_EC_gen("P-384"), EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(out.get(), other.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  EXPECT_FALSE(SigningKey::read({text, static_cast<std::size_t>(size)}));
}

}  // namespace
}  // namespace sallyport::jose
