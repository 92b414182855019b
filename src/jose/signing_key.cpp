#include "jose/signing_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

#include "base/base64.hpp"
#include "jose/key.hpp"

namespace sallyport::jose {
namespace {

constexpr std::size_t coordinate_bytes = 32;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::unexpected<Error> failed(const char* what) {
  ERR_clear_error();
  return fail(ErrorCode::internal, what);
}

// 32 bytes, big-endian.
Result<std::string> bytes_of(const BIGNUM* number) {
  std::string bytes(coordinate_bytes, '\0');
  const int size =
      BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(coordinate_bytes));
  if (size < 0) return failed("a number of the key is too long");
  return bytes;
}

Result<std::string> coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &found) != 1) return failed("the key has no point");
  const Number number(found, BN_free);
  return bytes_of(number.get());
}

// r and s side by side (RFC 7518 §3.4), where OpenSSL gives DER.
Result<std::string> plain_signature(const unsigned char* der, std::size_t size) {
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(
      d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size)), ECDSA_SIG_free);
  if (!parts) return failed("cannot read the signature");
  const auto r = bytes_of(ECDSA_SIG_get0_r(parts.get()));
  const auto s = bytes_of(ECDSA_SIG_get0_s(parts.get()));
  if (!r || !s) return failed("cannot read the signature");
  return *r + *s;
}

}  // namespace

Result<SigningKey> SigningKey::described(SigningKey key) {
  const auto x = coordinate(key.key_.get(), OSSL_PKEY_PARAM_EC_PUB_X);
  const auto y = coordinate(key.key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
  if (!x) return std::unexpected(x.error());
  if (!y) return std::unexpected(y.error());
  const auto verifier = Key::elliptic(KeyType::p256, *x, *y);
  if (!verifier) return std::unexpected(verifier.error());
  key.id_ = verifier->thumbprint();
  key.jwk_ = R"({"kty":"EC","crv":"P-256","x":")" + encode_base64(*x, Base64::url) + R"(","y":")" +
             encode_base64(*y, Base64::url) + R"(","kid":")" + key.id_ + R"(","alg":"ES256","use":"sig"})";
  key.header_ = encode_base64(R"({"alg":"ES256","typ":"JWT","kid":")" + key.id_ + R"("})", Base64::url);
  return key;
}

Result<SigningKey> SigningKey::generate() {
  SigningKey key(EVP_EC_gen("P-256"));
  if (!key.key_) return failed("cannot make a key");
  return described(std::move(key));
}

Result<SigningKey> SigningKey::read(std::string_view pem) {
  const Memory text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  SigningKey key(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
  std::array<char, 32> group{};
  std::size_t size = 0;
  const bool fits = key.key_ && EVP_PKEY_is_a(key.key_.get(), "EC") == 1 &&
                    EVP_PKEY_get_group_name(key.key_.get(), group.data(), group.size(), &size) == 1 &&
                    std::string_view(group.data(), size) == "prime256v1";
  if (!fits) {
    ERR_clear_error();
    return fail(ErrorCode::invalid, "this is no private key on P-256");
  }
  return described(std::move(key));
}

Result<std::string> SigningKey::pem() const {
  const Memory out(BIO_new(BIO_s_mem()), BIO_free);
  if (PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed("cannot write the key");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

Result<std::string> SigningKey::token(std::string_view claims) const {
  std::string signed_text = header_ + ".";
  append_base64(signed_text, claims, Base64::url);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, 80> der{};
  std::size_t size = der.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(signed_text.data());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, bytes, signed_text.size()) != 1) {
    return failed("cannot sign");
  }
  const auto signature = plain_signature(der.data(), size);
  if (!signature) return std::unexpected(signature.error());
  signed_text += '.';
  append_base64(signed_text, *signature, Base64::url);
  return signed_text;
}

}  // namespace sallyport::jose
