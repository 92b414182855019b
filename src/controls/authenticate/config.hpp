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
  std::string jwks_url;
  bool discovery = false;
  // How keys are fetched.
  std::vector<std::string> key_hosts;
  config::FilePath ca;
  bool private_network = false;
  config::Duration refresh = std::chrono::minutes(5);
  config::Duration refresh_rest = std::chrono::seconds(30);
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

struct Introspection {
  std::string url;
  std::string client;
  config::Secret secret;
  std::string issuer;
  std::vector<std::string> audiences;
  config::FilePath ca;
  bool private_network = false;
  config::Duration keep = std::chrono::seconds(30);
  std::vector<std::string> scope_claims{"scope", "scp"};
  std::vector<std::string> role_claims{"roles", "groups", "realm_access.roles"};
  std::string tenant_claim = "tenant";
};

struct ApiKeySource {
  config::FilePath file;
  std::string header = "X-API-Key";
};

struct Service {
  std::string certificate;
  std::string client;
  std::string tenant;
  std::vector<std::string> scopes;
  std::vector<std::string> roles;
};

enum class DpopMode : std::uint8_t { off, optional, strict };

constexpr auto enum_names(const DpopMode*) {
  return std::to_array<config::Named<DpopMode>>(
      {{"off", DpopMode::off, "proofs are not taken, and tokens that need one are refused"},
       {"optional", DpopMode::optional, "tokens that are bound to a key need one"},
       {"strict", DpopMode::strict, "every token must be bound to a key and have one"}});
}

struct Dpop {
  DpopMode mode = DpopMode::optional;
  config::Duration max_age = std::chrono::seconds(60);
  bool nonce = false;
};

enum class Needs : std::uint8_t { token_or_key, token, key, token_and_key, certificate, token_and_certificate };

constexpr auto enum_names(const Needs*) {
  return std::to_array<config::Named<Needs>>(
      {{"token_or_key", Needs::token_or_key, "either will do, and so does the certificate of a service"},
       {"token", Needs::token, "a token; a key beside it must be good as well"},
       {"key", Needs::key, "an API key; a token beside it must be good as well"},
       {"token_and_key", Needs::token_and_key, "the key says which application, the token which user"},
       {"certificate", Needs::certificate, "the client certificate of a service; what stands beside it must be good"},
       {"token_and_certificate", Needs::token_and_certificate,
        "the certificate says which service, the token which user"}});
}

struct Config {
  std::vector<Issuer> issuers;
  std::optional<Introspection> introspection;
  std::optional<ApiKeySource> api_keys;
  std::vector<Service> services;
  Needs needs = Needs::token_or_key;
  Dpop dpop;
  std::vector<std::string> scopes;
  bool optional = false;
  bool forward_credentials = false;
  std::string realm;
  std::uint32_t remember = 0;
};

const config::Table<Issuer>& config_table(const Issuer*);
const config::Table<Introspection>& config_table(const Introspection*);
const config::Table<ApiKeySource>& config_table(const ApiKeySource*);
const config::Table<Service>& config_table(const Service*);
const config::Table<Dpop>& config_table(const Dpop*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::authenticate
