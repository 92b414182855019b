#include "controls/authenticate/bearer.hpp"

#include <sallyport/message.hpp>

namespace sallyport::controls::authenticate {
namespace {

bool is_token_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~' || c == '+' || c == '/';
}

}  // namespace

std::optional<Credential> read_credential(std::string_view authorization) {
  const std::string_view scheme = authorization.substr(0, authorization.find(' '));
  Credential credential;
  if (same_name(scheme, "dpop")) {
    credential.scheme = Credential::Scheme::dpop;
  } else if (!same_name(scheme, "bearer")) {
    return std::nullopt;
  }
  std::string_view token = authorization.substr(scheme.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  std::size_t end = 0;
  while (end < token.size() && is_token_byte(token[end])) ++end;
  if (end == 0 || token.find_first_not_of('=', end) != std::string_view::npos) return std::nullopt;
  credential.token = token;
  return credential;
}

Challenges::Challenges(std::string_view realm, std::span<const std::string> scopes, std::string_view scheme)
    : no_credentials(std::string(scheme) + " realm=\"" + std::string(realm) + '"'),
      invalid_token(no_credentials + ", error=\"invalid_token\""),
      insufficient_scope(no_credentials + ", error=\"insufficient_scope\"") {
  if (scheme == "DPoP") no_credentials += ", algs=\"ES256 ES384 ES512 EdDSA PS256 PS384 PS512 RS256 RS384 RS512\"";
  invalid_proof = no_credentials + ", error=\"invalid_dpop_proof\"";
  use_nonce = no_credentials + ", error=\"use_dpop_nonce\"";
  if (scopes.empty()) return;
  insufficient_scope += ", scope=\"";
  for (const std::string& scope : scopes) {
    if (&scope != scopes.data()) insufficient_scope += ' ';
    insufficient_scope += scope;
  }
  insufficient_scope += '"';
}

}  // namespace sallyport::controls::authenticate
