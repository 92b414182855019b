#include "controls/authenticate/config.hpp"

#include "base/ascii.hpp"

namespace sallyport::controls::authenticate {
namespace {

bool is_quotable(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') return false;
  }
  return true;
}

// scope-token of RFC 6749 §3.3.
bool is_scope(std::string_view text) { return !text.empty() && is_quotable(text) && !text.contains(' '); }

void check_issuer(const Issuer& issuer, config::Report& report, const document::Node& at) {
  const int sources = (issuer.jwks.empty() ? 0 : 1) + (issuer.public_key.empty() ? 0 : 1) +
                      (issuer.secret.empty() ? 0 : 1) + (issuer.jwks_url.empty() ? 0 : 1) + (issuer.discovery ? 1 : 0);
  if (sources != 1) {
    report.error(at, sources == 0 ? "the issuer has no keys" : "the issuer's keys come from more than one place",
                 "give one of discovery, jwks_url, jwks, public_key and secret");
  }
  if (issuer.jwks_url.empty() && !issuer.discovery) {
    for (const char* key : {"ca", "private_network", "refresh", "refresh_rest"}) {
      if (at.find(key) != nullptr) {
        report.error(at, std::string("`") + key + "` is about keys that are fetched, and none are",
                     "give discovery or jwks_url, or leave it out");
      }
    }
  }
  if (!issuer.discovery && !issuer.key_hosts.empty()) {
    report.error(at, "`key_hosts` is about discovery, which is not on");
  }
  if (!issuer.untyped && issuer.types.empty()) report.error(at, "no token can have a type that is allowed");
  if (issuer.profile == Profile::at_jwt && at.find("types") != nullptr) {
    report.error(at, "`types` and the profile at_jwt contradict each other", "leave `types` out: it is at+jwt");
  }
}

void check_all(const Config& config, config::Report& report, const document::Node& at) {
  for (std::size_t i = 0; i < config.issuers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (config.issuers[i].issuer == config.issuers[j].issuer) {
        report.error(at, "`" + config.issuers[i].issuer + "` stands twice among the issuers");
      }
    }
  }
  for (const std::string& scope : config.scopes) {
    if (!is_scope(scope)) report.error(at, "`" + scope + "` is no scope", "letters, digits and signs without spaces");
  }
  if (!is_quotable(config.realm)) report.error(at, "the realm has characters that a quoted text cannot have");
  if (config.issuers.empty() && !config.introspection && !config.api_keys && config.services.empty() &&
      !config.scopes.empty()) {
    report.error(at, "scopes are asked for, but nobody may issue tokens", "name the issuers");
  }
  const bool token = config.needs == Needs::token || config.needs == Needs::token_and_key ||
                     config.needs == Needs::token_and_certificate;
  const bool key = config.needs == Needs::key || config.needs == Needs::token_and_key;
  if (token && config.issuers.empty() && !config.introspection)
    report.error(at, "tokens are needed, but nobody may issue them");
  if (key && !config.api_keys) report.error(at, "API keys are needed, but there are none", "give `api_keys`");
  if ((config.needs == Needs::certificate || config.needs == Needs::token_and_certificate) && config.services.empty()) {
    report.error(at, "certificates are needed, but no service has one", "give `services`");
  }
  if (config.optional && (config.needs == Needs::token_and_key || config.needs == Needs::token_and_certificate)) {
    report.error(at, "both are needed, but credentials are optional");
  }
  if (config.optional && !config.scopes.empty()) {
    report.error(at, "scopes are asked for, but tokens are optional", "a call without a token has no scopes");
  }
}

// The event log leaves out the values of names that say `api key`, and of no others that are this field's.
void check_header(const ApiKeySource& source, config::Report& report, const document::Node& at) {
  std::string letters;
  bool good = !source.header.empty() && source.header.size() <= 64;
  for (const char c : source.header) {
    good = good && (is_letter(c) || is_digit(c) || c == '-');
    if (c != '-') letters += lower(c);
  }
  if (good && letters.contains("apikey")) return;
  report.error(at, "`" + source.header + "` is no name for a field that holds API keys",
               "letters, digits and `-`, with `API-Key` in it: only then no log shows it");
}

}  // namespace

const config::Table<ApiKeySource>& config_table(const ApiKeySource*) {
  static const auto table =
      config::Table<ApiKeySource>("api_keys", "The keys that applications call with.")
          .field("file", &ApiKeySource::file,
                 {.doc = "The file that `sallyport keys` works on. It is read again when it changes.",
                  .required = true,
                  .example = "keys/api-keys.json"})
          .field("header", &ApiKeySource::header, {.doc = "The field that holds the key; it must say `API-Key`."})
          .check(check_header);
  return table;
}

const config::Table<Service>& config_table(const Service*) {
  static const auto table =
      config::Table<Service>("service",
                             "A service that is known by its client certificate, which the listener verified.")
          .field("certificate", &Service::certificate,
                 {.doc = "A name in the certificate: `spiffe://…` (its last segment may be `*`: any one), `dns:…`, "
                         "`uri:…`, `email:…`, `ip:…`, or `subject:…`, the whole of it.",
                  .required = true,
                  .example = "spiffe://example.org/ns/prod/billing"})
          .field("client", &Service::client, {.doc = "What it is called in limits and events; its name when empty."})
          .field("tenant", &Service::tenant, {.doc = "Its tenant."})
          .field("scopes", &Service::scopes, {.doc = "The scopes that it has.", .max = "100", .one_or_many = true})
          .field("roles", &Service::roles, {.doc = "The roles that it has.", .max = "100", .one_or_many = true});
  return table;
}

const config::Table<Introspection>& config_table(const Introspection*) {
  static const auto table =
      config::Table<Introspection>("introspection",
                                   "Whom to ask about tokens that are no signed ones (RFC 7662). The answer must have "
                                   "iss, aud and exp as a token would.")
          .field("url", &Introspection::url,
                 {.doc = "The introspection endpoint: https, or http to localhost.",
                  .required = true,
                  .example = "https://id.example.com/introspect"})
          .field("client", &Introspection::client,
                 {.doc = "The name that the gateway has there (client_id).", .required = true, .example = "gateway"})
          .field("secret", &Introspection::secret, {.doc = "Its secret.", .required = true})
          .field("issuer", &Introspection::issuer,
                 {.doc = "The claim `iss`, compared exactly.", .required = true, .example = "https://id.example.com/"})
          .field("audiences", &Introspection::audiences,
                 {.doc = "The claim `aud` must name one of them.",
                  .required = true,
                  .example = "orders-api",
                  .min = "1",
                  .one_or_many = true})
          .field(
              "ca", &Introspection::ca,
              {.doc = "Certificates, PEM, that the server is trusted by; the system's when absent.", .existing = true})
          .field("private_network", &Introspection::private_network,
                 {.doc = "The server may have a private address though it is given by name."})
          .field("keep", &Introspection::keep,
                 {.doc = "How long an answer holds, at most to the token's end: so late may a revocation take effect. "
                         "0 asks each time.",
                  .max = "10m"})
          .field("scope_claims", &Introspection::scope_claims,
                 {.doc = "Claims that hold scopes.", .max = "20", .one_or_many = true})
          .field("role_claims", &Introspection::role_claims,
                 {.doc = "Claims that hold roles or groups.", .max = "20", .one_or_many = true})
          .field("tenant_claim", &Introspection::tenant_claim, {.doc = "The claim that names the tenant."});
  return table;
}

const config::Table<Dpop>& config_table(const Dpop*) {
  static const auto table =
      config::Table<Dpop>("dpop", "Proofs of possession beside tokens that are bound to a key (RFC 9449).")
          .field("mode", &Dpop::mode, {.doc = "When a proof is needed."})
          .field("max_age", &Dpop::max_age, {.doc = "How old a proof may be.", .min = "5s", .max = "5m"})
          .field("nonce", &Dpop::nonce, {.doc = "A proof must name a nonce of the gateway, which changes each minute."})
          .shorthand("mode");
  return table;
}

const config::Table<Issuer>& config_table(const Issuer*) {
  static const auto table =
      config::Table<Issuer>("token_issuer", "Whose tokens are accepted, and what they must be.")
          .field("issuer", &Issuer::issuer,
                 {.doc = "The claim `iss`, compared exactly.", .required = true, .example = "https://id.example.com/"})
          .field("audiences", &Issuer::audiences,
                 {.doc = "The claim `aud` must name one of them.",
                  .required = true,
                  .example = "orders-api",
                  .min = "1",
                  .one_or_many = true})
          .field("algorithms", &Issuer::algorithms,
                 {.doc = "What the issuer signs with. Nothing else is accepted, whatever a token says.",
                  .required = true,
                  .example = "RS256",
                  .min = "1",
                  .one_or_many = true})
          .field("jwks", &Issuer::jwks,
                 {.doc = "A file with the issuer's keys as a JWK Set (RFC 7517). One that holds secrets must be "
                         "readable by its owner only.",
                  .existing = true})
          .field("public_key", &Issuer::public_key,
                 {.doc = "A file with the issuer's public key or certificate, PEM.", .existing = true})
          .field("secret", &Issuer::secret,
                 {.doc = "The shared secret of HS256, HS384 or HS512, its bytes as they are."})
          .field("discovery", &Issuer::discovery,
                 {.doc = "Fetch the keys from where the issuer's discovery document says (OpenID Connect Discovery)."})
          .field("jwks_url", &Issuer::jwks_url,
                 {.doc = "Where the issuer publishes its keys as a JWK Set: https, or http to localhost. It is fetched "
                         "again and again.",
                  .example = "https://id.example.com/jwks"})
          .field("key_hosts", &Issuer::key_hosts,
                 {.doc = "Hosts where discovery may find the keys, besides the issuer's own.",
                  .example = "keys.example.com",
                  .max = "10",
                  .one_or_many = true})
          .field("ca", &Issuer::ca,
                 {.doc = "Certificates, PEM, that the place of the keys is trusted by; the system's when absent.",
                  .existing = true})
          .field("private_network", &Issuer::private_network,
                 {.doc = "The place of the keys may have a private address though it is given by name."})
          .field("refresh", &Issuer::refresh,
                 {.doc = "How often keys are fetched. Those that are known go on when that fails.",
                  .min = "10s",
                  .max = "1d"})
          .field("refresh_rest", &Issuer::refresh_rest,
                 {.doc = "Least time between two fetches, also for tokens by keys that are not known.",
                  .min = "1s",
                  .max = "1h"})
          .field("profile", &Issuer::profile, {.doc = "What kind of tokens it issues."})
          .field("types", &Issuer::types,
                 {.doc = "Values that the token's `typ` may have.", .max = "20", .one_or_many = true})
          .field("untyped", &Issuer::untyped, {.doc = "Whether a token without `typ` is accepted."})
          .field("require", &Issuer::require,
                 {.doc = "Claims that must be there besides iss, aud and exp.",
                  .example = "sub",
                  .max = "50",
                  .one_or_many = true})
          .field("leeway", &Issuer::leeway, {.doc = "How much clocks may differ.", .max = "5m"})
          .field("max_lifetime", &Issuer::max_lifetime,
                 {.doc = "Tokens that live longer, from `iat` to `exp`, are refused.", .example = "1h", .min = "1s"})
          .field("scope_claims", &Issuer::scope_claims,
                 {.doc = "Claims that hold scopes: a string with spaces, or a list. A path such as `a.b` leads into "
                         "objects.",
                  .max = "20",
                  .one_or_many = true})
          .field("role_claims", &Issuer::role_claims,
                 {.doc = "Claims that hold roles or groups.", .max = "20", .one_or_many = true})
          .field("tenant_claim", &Issuer::tenant_claim, {.doc = "The claim that names the tenant."})
          .check(check_issuer);
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>(
          "authenticate",
          "Finds out who calls: by tokens of the issuers named here, or API keys. A call without good "
          "credentials is refused with 401, one that lacks a scope with 403.")
          .field("issuers", &Config::issuers,
                 {.doc = "Who may issue tokens. Without any, nobody is asked.", .max = "50"})
          .field("introspection", &Config::introspection, {.doc = "Tokens that a server must be asked about."})
          .field("api_keys", &Config::api_keys, {.doc = "API keys that name applications."})
          .field("services", &Config::services,
                 {.doc = "Services that are known by their client certificates; the first that fits counts.",
                  .max = "1000"})
          .field("needs", &Config::needs, {.doc = "What a call must have."})
          .field("dpop", &Config::dpop, {.doc = "Proofs of possession; a mode alone will do."})
          .field("scopes", &Config::scopes,
                 {.doc = "Scopes that every call needs.", .example = "orders:read", .max = "50", .one_or_many = true})
          .field("optional", &Config::optional,
                 {.doc = "A call without credentials passes as nobody's. Bad credentials are refused all the same."})
          .field("forward_credentials", &Config::forward_credentials,
                 {.doc = "Send the client's Authorization field on to the API."})
          .field("realm", &Config::realm, {.doc = "The realm in WWW-Authenticate; the API's name when empty."})
          .field("remember", &Config::remember,
                 {.doc = "Tokens whose signature need not be checked again; 0 checks each time. Expiry and all other "
                         "rules hold each time.",
                  .max = "1000000"})
          .check(check_all);
  return table;
}

}  // namespace sallyport::controls::authenticate
