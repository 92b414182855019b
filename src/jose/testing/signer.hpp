// Keys with their private half, for tests alone: makes them, shows their public half, signs tokens.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.hpp"
#include "jose/algorithm.hpp"
#include "jose/hmac.hpp"
#include "jose/key.hpp"

namespace sallyport::jose::testing {

class Signer {
 public:
  static Signer secret(std::string bytes) {
    Signer made;
    made.secret_ = std::move(bytes);
    return made;
  }
  static Signer rsa(unsigned bits = 2048) { return Signer(EVP_RSA_gen(bits)); }
  static Signer ec(const char* curve) { return Signer(EVP_EC_gen(curve)); }
  static Signer ed25519() { return Signer(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

  // As a JWK; `more` stands beside the key: R"("kid":"a")".
  [[nodiscard]] std::string jwk(const std::string& more = {}) const {
    std::string out = R"({"kty":")";
    if (key_ == nullptr) {
      out += R"(oct","k":")" + text(secret_) + '"';
    } else if (EVP_PKEY_is_a(key_.get(), "RSA") == 1) {
      out += R"(RSA","n":")" + number("n", 0) + R"(","e":")" + number("e", 0) + '"';
    } else if (EVP_PKEY_is_a(key_.get(), "EC") == 1) {
      const int bits = EVP_PKEY_get_bits(key_.get());
      const std::size_t size = (static_cast<std::size_t>(bits) + 7) / 8;
      out += R"(EC","crv":"P-)" + std::to_string(bits) + R"(","x":")" + number("qx", size) + R"(","y":")" +
             number("qy", size) + '"';
    } else {
      std::array<unsigned char, 57> raw{};
      std::size_t size = raw.size();
      EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size);
      out += R"(OKP","crv":"Ed25519","x":")" + text({reinterpret_cast<const char*>(raw.data()), size}) + '"';
    }
    return out + (more.empty() ? "" : "," + more) + "}";
  }

  [[nodiscard]] std::string sign(Algorithm algorithm, std::string_view input) const {
    const Hash hash = hash_of(algorithm);
    if (key_ == nullptr) {
      const auto code = Hmac(hash, secret_).code(input);
      return {reinterpret_cast<const char*>(code.data()), size_of(hash)};
    }
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    const char* digest = hash == Hash::sha256 ? "SHA256" : hash == Hash::sha384 ? "SHA384" : "SHA512";
    const bool edwards = family_of(algorithm) == Family::eddsa;
    EVP_DigestSignInit_ex(context.get(), &parameters, edwards ? nullptr : digest, nullptr, nullptr, key_.get(),
                          nullptr);
    if (family_of(algorithm) == Family::rsa_pss) {
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
    }
    std::vector<unsigned char> out(1024);
    std::size_t size = out.size();
    const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());
    if (EVP_DigestSign(context.get(), out.data(), &size, bytes, input.size()) != 1) throw std::runtime_error("sign");
    std::string signature(reinterpret_cast<const char*>(out.data()), size);
    return family_of(algorithm) == Family::ecdsa ? raw(signature) : signature;
  }

  // A token in compact form; both given as JSON.
  [[nodiscard]] std::string token(Algorithm algorithm, std::string_view header, std::string_view payload) const {
    const std::string input = text(header) + "." + text(payload);
    return input + "." + text(sign(algorithm, input));
  }

  static std::string text(std::string_view bytes) { return encode_base64(bytes, Base64::url); }

 private:
  Signer() = default;
  explicit Signer(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}

  [[nodiscard]] std::string number(const char* name, std::size_t size) const {
    BIGNUM* found = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &found);
    std::string bytes(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(found)), '\0');
    BN_bn2binpad(found, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(found);
    return text(bytes);
  }

  // r and s of fixed size from DER.
  [[nodiscard]] std::string raw(std::string_view der) const {
    const std::size_t size = (static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get())) + 7) / 8;
    std::string out;
    std::size_t at = static_cast<unsigned char>(der[1]) == 0x81 ? 3 : 2;
    for (int i = 0; i < 2; ++i) {
      const auto length = static_cast<unsigned char>(der[at + 1]);
      std::string one(der.substr(at + 2, length));
      one.erase(0, std::min(one.find_first_not_of('\0'), one.size()));
      out += std::string(size - one.size(), '\0') + one;
      at += 2 + length;
    }
    return out;
  }

  std::string secret_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace sallyport::jose::testing
