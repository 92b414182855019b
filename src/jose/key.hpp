// Key: what verifies a signature, and nothing else. A key is made only when it is good for that:
// RSA of 2048 bits and more with an odd exponent above 1 and no trace of ROCA (CVE-2017-15361),
// points that lie on their curve, secrets at least as long as the hash (RFC 7518 §3.2).
//
// A key decides what it fits: its type, and the algorithm that its JWK names, bind. So the public
// half of an RSA key is never taken for the secret of an HMAC (CWE-347).
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "jose/algorithm.hpp"
#include "jose/hmac.hpp"

#include <sallyport/result.hpp>

namespace sallyport::jose {

enum class KeyType : std::uint8_t { secret, rsa, p256, p384, p521, ed25519, ed448 };

class Key {
 public:
  static constexpr int min_rsa_bits = 2048;
  static constexpr int max_rsa_bits = 8192;  // a longer one would make each check a burden
  static constexpr std::size_t min_secret_bytes = 32;
  static constexpr std::size_t max_secret_bytes = 1024;

  // The secret of HS256; HS384 and HS512 fit only secrets as long as their hash.
  [[nodiscard]] static Result<Key> secret(std::string_view bytes);
  // Modulus and exponent, big-endian.
  [[nodiscard]] static Result<Key> rsa(std::string_view modulus, std::string_view exponent);
  // Coordinates of exactly the field's size (RFC 7518 §6.2.1.2); p256, p384 or p521.
  [[nodiscard]] static Result<Key> elliptic(KeyType curve, std::string_view x, std::string_view y);
  // ed25519 or ed448 (RFC 8037 §2).
  [[nodiscard]] static Result<Key> edwards(KeyType curve, std::string_view x);
  // A public key ("BEGIN PUBLIC KEY") or a certificate, whose dates are not looked at.
  [[nodiscard]] static Result<Key> pem(std::string_view text);

  [[nodiscard]] KeyType type() const { return type_; }
  [[nodiscard]] bool symmetric() const { return type_ == KeyType::secret; }
  [[nodiscard]] const std::optional<std::string>& id() const { return id_; }
  void set_id(std::string id) { id_ = std::move(id); }
  // From now on it fits this algorithm only.
  void bind(Algorithm algorithm) { only_ = algorithm; }

  [[nodiscard]] bool fits(Algorithm algorithm) const;
  // False also when the key does not fit. Nothing is thrown, any bytes may be given.
  [[nodiscard]] bool verify(Algorithm algorithm, std::string_view text, std::string_view signature) const;

  // SHA-256 of the key's required members, base64url (RFC 7638): the same key, the same text.
  [[nodiscard]] std::string thumbprint() const;

 private:
  struct PkeyFree {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Pkey = std::unique_ptr<EVP_PKEY, PkeyFree>;

  explicit Key(KeyType type) : type_(type) {}
  [[nodiscard]] static Result<Key> checked(Pkey key);
  [[nodiscard]] bool verify_rsa(Algorithm algorithm, std::string_view text, std::string_view signature) const;
  [[nodiscard]] bool verify_ecdsa(std::string_view text, std::string_view signature) const;
  [[nodiscard]] bool verify_eddsa(std::string_view text, std::string_view signature) const;

  KeyType type_;
  std::optional<std::string> id_;
  std::optional<Algorithm> only_;
  std::string thumbprint_;
  std::size_t secret_bytes_ = 0;
  std::shared_ptr<const std::array<Hmac, 3>> secret_;  // by Hash
  std::shared_ptr<EVP_PKEY> public_;
};

}  // namespace sallyport::jose
