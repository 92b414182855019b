// SigningKey: a key of the gateway's own, which signs tokens by ES256 (RFC 7518 §3.4).
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::jose {

class SigningKey {
 public:
  [[nodiscard]] static Result<SigningKey> generate();
  // A private key on P-256 ("BEGIN PRIVATE KEY").
  [[nodiscard]] static Result<SigningKey> read(std::string_view pem);

  // The private half: for a file that its owner alone may read.
  [[nodiscard]] Result<std::string> pem() const;
  // The public half as a JWK with `kid`, `alg` and `use`.
  [[nodiscard]] const std::string& jwk() const { return jwk_; }
  // `kid`: the thumbprint of the public half (RFC 7638).
  [[nodiscard]] const std::string& id() const { return id_; }

  // A token in compact form, of type JWT; the claims are JSON. Any number of threads. Tens of microseconds.
  [[nodiscard]] Result<std::string> token(std::string_view claims) const;

 private:
  explicit SigningKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  [[nodiscard]] static Result<SigningKey> described(SigningKey key);

  std::shared_ptr<EVP_PKEY> key_;
  std::string id_;
  std::string jwk_;
  std::string header_;  // of its tokens, base64url
};

}  // namespace sallyport::jose
