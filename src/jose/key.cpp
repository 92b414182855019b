#include "jose/key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <cstring>
#include <vector>

#include "base/base64.hpp"
#include "jose/roca.hpp"

namespace sallyport::jose {
namespace {

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// OpenSSL keeps a queue of errors per thread; what we answer must not depend on it.
std::unexpected<Error> refused(std::string message, std::string hint = {}) {
  ERR_clear_error();
  return fail(ErrorCode::invalid, std::move(message), {}, std::move(hint));
}

EVP_PKEY* from_parameters(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return key;
}

struct Curve {
  KeyType type;
  const char* group;      // OpenSSL's name
  std::string_view name;  // of RFC 7518 §6.2.1.1, RFC 8037 §2
  std::size_t bytes;      // of a coordinate
};
constexpr Curve curves[] = {
    {KeyType::p256, "prime256v1", "P-256", 32}, {KeyType::p384, "secp384r1", "P-384", 48},
    {KeyType::p521, "secp521r1", "P-521", 66},  {KeyType::ed25519, "ED25519", "Ed25519", 32},
    {KeyType::ed448, "ED448", "Ed448", 57},
};

const Curve* curve_of(KeyType type) {
  for (const Curve& curve : curves) {
    if (curve.type == type) return &curve;
  }
  return nullptr;
}

Owned<BIGNUM> number_of(const EVP_PKEY* key, const char* parameter) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1) return nullptr;
  return Owned<BIGNUM>(number);
}

// Big-endian in base64url: `size` bytes, or as few as it takes.
std::string text_of(const BIGNUM* number, std::size_t size) {
  std::vector<unsigned char> bytes(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number)));
  if (BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size())) < 0) return {};
  return encode_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, Base64::url);
}

std::string sha256_text(std::string_view text) {
  unsigned char digest[32];
  SHA256(bytes_of(text), text.size(), digest);
  return encode_base64({reinterpret_cast<const char*>(digest), sizeof digest}, Base64::url);
}

const EVP_MD* digest_of(Hash hash) {
  switch (hash) {
    case Hash::sha256:
      return EVP_sha256();
    case Hash::sha384:
      return EVP_sha384();
    case Hash::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

void digest(Hash hash, std::string_view text, unsigned char* out) {
  switch (hash) {
    case Hash::sha256:
      SHA256(bytes_of(text), text.size(), out);
      return;
    case Hash::sha384:
      SHA384(bytes_of(text), text.size(), out);
      return;
    case Hash::sha512:
      SHA512(bytes_of(text), text.size(), out);
      return;
  }
}

// One INTEGER in DER: no needless zeros in front, one where the first bit is set.
unsigned char* write_integer(unsigned char* at, std::string_view number) {
  while (number.size() > 1 && number.front() == '\0') number.remove_prefix(1);
  const bool high = (static_cast<unsigned char>(number.front()) & 0x80) != 0;
  *at++ = 0x02;
  *at++ = static_cast<unsigned char>(number.size() + (high ? 1 : 0));
  if (high) *at++ = 0;
  std::memcpy(at, number.data(), number.size());
  return at + number.size();
}

}  // namespace

Result<Key> Key::secret(std::string_view bytes) {
  if (bytes.size() < min_secret_bytes) {
    return refused("the secret is shorter than 32 bytes", "HS256 needs 256 bits (RFC 7518 §3.2): openssl rand 32");
  }
  if (bytes.size() > max_secret_bytes) return refused("the secret is longer than 1024 bytes");
  Key key(KeyType::secret);
  key.secret_bytes_ = bytes.size();
  key.secret_ = std::make_shared<const std::array<Hmac, 3>>(
      std::array{Hmac(Hash::sha256, bytes), Hmac(Hash::sha384, bytes), Hmac(Hash::sha512, bytes)});
  key.thumbprint_ = sha256_text(R"({"k":")" + encode_base64(bytes, Base64::url) + R"(","kty":"oct"})");
  return key;
}

Result<Key> Key::rsa(std::string_view modulus, std::string_view exponent) {
  // Leading zeros are not canonical (RFC 7518 §6.3.1.1 and §2) but seen in practice and harmless.
  if (modulus.size() > max_rsa_bits / 8 + 1 || exponent.size() > 8) return refused("the RSA key is too large");
  const Owned<BIGNUM> n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const Owned<BIGNUM> e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return refused("no memory for an RSA key");
  }
  Pkey key(from_parameters("RSA", builder.get()));
  if (!key) return refused("modulus and exponent make no RSA key");
  return checked(std::move(key));
}

Result<Key> Key::elliptic(KeyType type, std::string_view x, std::string_view y) {
  const Curve* curve = curve_of(type);
  if (curve == nullptr || x.size() != curve->bytes || y.size() != curve->bytes) {
    return refused("the coordinates have not the length of the curve's field");
  }
  std::string point(1, '\x04');  // uncompressed (SEC 1 §2.3.3)
  point.append(x).append(y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return refused("no memory for a key");
  }
  Pkey key(from_parameters("EC", builder.get()));
  if (!key) return refused("the point does not lie on the curve");
  return checked(std::move(key));
}

Result<Key> Key::edwards(KeyType type, std::string_view x) {
  const Curve* curve = curve_of(type);
  if (curve == nullptr || x.size() != curve->bytes) return refused("the public key has not the curve's length");
  Pkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, curve->group, nullptr, bytes_of(x), x.size()));
  if (!key) return refused("the bytes make no key of that curve");
  return checked(std::move(key));
}

Result<Key> Key::pem(std::string_view text) {
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) return refused("no memory for a key");
  Pkey key;
  if (text.contains("BEGIN CERTIFICATE")) {
    const Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  } else {
    key.reset(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  }
  if (!key) return refused("this is no public key in PEM", "\"BEGIN PUBLIC KEY\", or a certificate");
  return checked(std::move(key));
}

// Whatever its source, a public key is judged here.
Result<Key> Key::checked(Pkey pkey) {
  if (EVP_PKEY_is_a(pkey.get(), "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(pkey.get());
    if (bits < min_rsa_bits) return refused("RSA keys below 2048 bits are not used (RFC 7518 §3.3)");
    if (bits > max_rsa_bits) return refused("RSA keys above 8192 bits are not used");
    const auto n = number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_N);
    const auto e = number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_E);
    if (!n || !e) return refused("the RSA key has no modulus or exponent");
    if (BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1 || BN_num_bits(e.get()) > 64) {
      return refused("the RSA key's exponent is even, 1, or too large");
    }
    if (BN_is_odd(n.get()) != 1) return refused("the RSA key's modulus is even");
    if (has_roca_trace(n.get())) return refused("the RSA key has the weakness ROCA (CVE-2017-15361)");
    Key key(KeyType::rsa);
    key.thumbprint_ =
        sha256_text(R"({"e":")" + text_of(e.get(), 0) + R"(","kty":"RSA","n":")" + text_of(n.get(), 0) + R"("})");
    key.public_.reset(pkey.release(), EVP_PKEY_free);
    return key;
  }
  if (EVP_PKEY_is_a(pkey.get(), "EC") == 1) {
    char group[64];
    if (EVP_PKEY_get_group_name(pkey.get(), group, sizeof group, nullptr) != 1) return refused("a curve without name");
    for (const Curve& curve : curves) {
      if (std::strcmp(group, curve.group) != 0) continue;
      const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
      if (!context || EVP_PKEY_public_check(context.get()) != 1) return refused("the point does not lie on the curve");
      const auto x = number_of(pkey.get(), OSSL_PKEY_PARAM_EC_PUB_X);
      const auto y = number_of(pkey.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
      if (!x || !y) return refused("the key has no point");
      Key key(curve.type);
      key.thumbprint_ =
          sha256_text(R"({"crv":")" + std::string(curve.name) + R"(","kty":"EC","x":")" +
                      text_of(x.get(), curve.bytes) + R"(","y":")" + text_of(y.get(), curve.bytes) + R"("})");
      key.public_.reset(pkey.release(), EVP_PKEY_free);
      return key;
    }
    return refused("the curve is none of P-256, P-384, P-521");
  }
  for (const Curve& curve : curves) {
    if (EVP_PKEY_is_a(pkey.get(), curve.group) != 1) continue;
    std::array<unsigned char, 57> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(pkey.get(), raw.data(), &size) != 1) return refused("the key has no public half");
    Key key(curve.type);
    key.thumbprint_ =
        sha256_text(R"({"crv":")" + std::string(curve.name) + R"(","kty":"OKP","x":")" +
                    encode_base64({reinterpret_cast<const char*>(raw.data()), size}, Base64::url) + R"("})");
    key.public_.reset(pkey.release(), EVP_PKEY_free);
    return key;
  }
  return refused("keys of this type do not verify tokens", "RSA, EC (P-256, P-384, P-521), Ed25519, Ed448");
}

std::string Key::thumbprint() const { return thumbprint_; }

bool Key::fits(Algorithm algorithm) const {
  if (only_ && *only_ != algorithm) return false;
  switch (algorithm) {
    case Algorithm::hs256:
    case Algorithm::hs384:
    case Algorithm::hs512:
      return type_ == KeyType::secret && secret_bytes_ >= size_of(hash_of(algorithm));
    case Algorithm::rs256:
    case Algorithm::rs384:
    case Algorithm::rs512:
    case Algorithm::ps256:
    case Algorithm::ps384:
    case Algorithm::ps512:
      return type_ == KeyType::rsa;
    case Algorithm::es256:
      return type_ == KeyType::p256;
    case Algorithm::es384:
      return type_ == KeyType::p384;
    case Algorithm::es512:
      return type_ == KeyType::p521;
    case Algorithm::eddsa:
      return type_ == KeyType::ed25519 || type_ == KeyType::ed448;
  }
  return false;
}

bool Key::verify(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  if (!fits(algorithm)) return false;
  bool good = false;
  switch (family_of(algorithm)) {
    case Family::hmac:
      return (*secret_)[static_cast<std::size_t>(hash_of(algorithm))].verify(text, signature);
    case Family::rsa_pkcs1:
    case Family::rsa_pss:
      good = verify_rsa(algorithm, text, signature);
      break;
    case Family::ecdsa:
      good = verify_ecdsa(text, signature);
      break;
    case Family::eddsa:
      good = verify_eddsa(text, signature);
      break;
  }
  if (!good) ERR_clear_error();
  return good;
}

bool Key::verify_rsa(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(public_.get()))) return false;
  const Hash hash = hash_of(algorithm);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, public_.get(), nullptr));
  const bool pss = family_of(algorithm) == Family::rsa_pss;
  if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), digest_of(hash)) != 1) {
    return false;
  }
  // The salt is as long as the hash, and the mask's hash is the same (RFC 7518 §3.5).
  if (pss && (EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) != 1 ||
              EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest_of(hash)) != 1)) {
    return false;
  }
  std::array<unsigned char, 64> hashed;
  digest(hash, text, hashed.data());
  return EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(), hashed.data(), size_of(hash)) == 1;
}

bool Key::verify_ecdsa(std::string_view text, std::string_view signature) const {
  // r and s one after the other, each of the field's size (RFC 7518 §3.4); OpenSSL takes DER.
  const std::size_t half = curve_of(type_)->bytes;
  if (signature.size() != 2 * half) return false;
  std::array<unsigned char, 2 * (66 + 3) + 3> der;
  std::array<unsigned char, 2 * (66 + 3)> numbers;
  unsigned char* end = write_integer(numbers.data(), signature.substr(0, half));
  end = write_integer(end, signature.substr(half));
  const auto size = static_cast<std::size_t>(end - numbers.data());
  unsigned char* at = der.data();
  *at++ = 0x30;
  if (size >= 0x80) *at++ = 0x81;
  *at++ = static_cast<unsigned char>(size);
  std::memcpy(at, numbers.data(), size);
  at += size;
  const Hash hash = type_ == KeyType::p256 ? Hash::sha256 : type_ == KeyType::p384 ? Hash::sha384 : Hash::sha512;
  std::array<unsigned char, 64> hashed;
  digest(hash, text, hashed.data());
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, public_.get(), nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), der.data(), static_cast<std::size_t>(at - der.data()), hashed.data(),
                         size_of(hash)) == 1;
}

bool Key::verify_eddsa(std::string_view text, std::string_view signature) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

}  // namespace sallyport::jose
