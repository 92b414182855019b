// Credentials and challenges of RFC 6750 and RFC 9449.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::controls::authenticate {

// A token and how it was sent.
struct Credential {
  enum class Scheme : std::uint8_t { bearer, dpop } scheme = Scheme::bearer;
  std::string_view token;
};

// The value of Authorization: "Bearer" (RFC 6750 §2.1) or "DPoP" (RFC 9449 §7.1), in any case, at least one
// space, and one b64token. Null otherwise.
[[nodiscard]] std::optional<Credential> read_credential(std::string_view authorization);

// Values of WWW-Authenticate (RFC 6750 §3), made once.
struct Challenges {
  std::string no_credentials;
  std::string invalid_token;
  std::string insufficient_scope;  // names the scopes that are needed
  std::string invalid_proof;       // RFC 9449 §7.1
  std::string use_nonce;           // RFC 9449 §8

  // `scheme`: "Bearer", "DPoP", or another where tokens are none of the credentials.
  Challenges(std::string_view realm, std::span<const std::string> scopes, std::string_view scheme = "Bearer");
};

}  // namespace sallyport::controls::authenticate
