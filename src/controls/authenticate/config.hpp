// Keys of `authenticate`.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"
#include "jose/algorithm.hpp"

namespace sallyport::jose {
constexpr auto enum_names(const Algorithm*) {
  return std::to_array<config::Named<Algorithm>>({{"HS256", Algorithm::hs256},
                                                  {"HS384", Algorithm::hs384},
                                                  {"HS512", Algorithm::hs512},
                                                  {"RS256", Algorithm::rs256},
                                                  {"RS384", Algorithm::rs384},
                                                  {"RS512", Algorithm::rs512},
                                                  {"PS256", Algorithm::ps256},
                                                  {"PS384", Algorithm::ps384},
                                                  {"PS512", Algorithm::ps512},
                                                  {"ES256", Algorithm::es256},
                                                  {"ES384", Algorithm::es384},
                                                  {"ES512", Algorithm::es512},
                                                  {"EdDSA", Algorithm::eddsa}});
}
}  // namespace sallyport::jose

namespace sallyport::controls::authenticate {

enum class Profile : std::uint8_t { jwt, at_jwt };

constexpr auto enum_names(const Profile*) {
  return std::to_array<config::Named<Profile>>(
      {{"jwt", Profile::jwt, "a JSON Web Token (RFC 7519)"},
       {"at_jwt", Profile::at_jwt,
        "an access token of RFC 9068: typ at+jwt, and sub, client_id, iat and jti must be there"}});
}

struct Issuer {
  std::string issuer;
  std::vector<std::string> audiences;
  std::vector<jose::Algorithm> algorithms;
  // Where its keys are: exactly one of these.
  config::FilePath jwks;
  config::FilePath public_key;
  config::Secret secret;
  Profile profile = Profile::jwt;
  std::vector<std::string> types{"JWT", "at+jwt"};
  bool untyped = true;
  std::vector<std::string> require;
  config::Duration leeway = std::chrono::seconds(60);
  std::optional<config::Duration> max_lifetime;
  std::vector<std::string> scope_claims{"scope", "scp"};
  std::vector<std::string> role_claims{"roles", "groups", "realm_access.roles"};
  std::string tenant_claim = "tenant";
};

struct Config {
  std::vector<Issuer> issuers;
  std::vector<std::string> scopes;
  bool optional = false;
  bool forward_credentials = false;
  std::string realm;
  std::uint32_t remember = 0;
};

const config::Table<Issuer>& config_table(const Issuer*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::authenticate
