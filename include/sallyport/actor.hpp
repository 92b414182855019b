// Actor: who calls, as authentication established it. A call begins with an anonymous actor; a
// control of authentication replaces it in request_head, and limits, authorization and events
// read it. All views are static or live in the call's arena.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport {

namespace decode {
class Value;  // decode/value.hpp
}

enum class Authentication : std::uint8_t {
  anonymous,
  jwt,           // a signed token, RFC 7519
  opaque_token,  // introspected, RFC 7662
  api_key,       // names an application, no user
  mtls,          // a client certificate
  signature,     // HTTP message signature, RFC 9421
  basic,         // RFC 7617
  session,       // a cookie session of the gateway's own log-in
};

struct Actor {
  Authentication how = Authentication::anonymous;
  std::string_view subject;   // user or service: `sub`, certificate name; empty when only an application is known
  std::string_view issuer;    // who vouches for the subject: `iss`
  std::string_view client;    // application: `client_id`, `azp`, or the API key's owner
  std::string_view key_id;    // of an API key; may stand beside a user's token
  std::string_view tenant;    // as configured, from a claim
  std::string_view token_id;  // `jti`, or a fingerprint of the token: what a revocation names
  std::span<const std::string_view> scopes;  // RFC 6749 §3.3
  std::span<const std::string_view> roles;
  const decode::Value* claims = nullptr;  // of the token, an object; null without one

  [[nodiscard]] bool known() const noexcept { return how != Authentication::anonymous; }
};

}  // namespace sallyport
