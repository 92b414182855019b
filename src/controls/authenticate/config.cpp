#include "controls/authenticate/config.hpp"

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
  const int sources =
      (issuer.jwks.empty() ? 0 : 1) + (issuer.public_key.empty() ? 0 : 1) + (issuer.secret.empty() ? 0 : 1);
  if (sources != 1) {
    report.error(at, sources == 0 ? "the issuer has no keys" : "the issuer's keys come from more than one place",
                 "give one of jwks, public_key and secret");
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
  if (config.issuers.empty() && !config.scopes.empty()) {
    report.error(at, "scopes are asked for, but nobody may issue tokens", "name the issuers");
  }
  if (config.optional && !config.scopes.empty()) {
    report.error(at, "scopes are asked for, but tokens are optional", "a call without a token has no scopes");
  }
}

}  // namespace

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
      config::Table<Config>("authenticate",
                            "Finds out who calls: tokens of the issuers named here. A call without a good token is "
                            "refused with 401, one that lacks a scope with 403.")
          .field("issuers", &Config::issuers,
                 {.doc = "Who may issue tokens. Without any, nobody is asked.", .max = "50"})
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
