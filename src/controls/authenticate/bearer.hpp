// Credentials and challenges of RFC 6750.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::controls::authenticate {

// What stands behind "Bearer", in any case, and at least one space; null when the scheme is another or
// it is not one b64token (RFC 6750 §2.1).
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization);

// Values of WWW-Authenticate (RFC 6750 §3), made once.
struct Challenges {
  std::string no_credentials;
  std::string invalid_token;
  std::string insufficient_scope;  // names the scopes that are needed

  Challenges(std::string_view realm, std::span<const std::string> scopes);
};

}  // namespace sallyport::controls::authenticate
