// The rules of the lint: one table. docs/lint.md says the same for people.
#include <array>

#include "lint/finding.hpp"

namespace sallyport::lint {
namespace {

using enum Severity;

constexpr std::array<RuleText, rule_count> table{{
    {Rule::write_unrestricted, "write-unrestricted", high, "API2",
     "nothing says who may make this call, which changes something",
     "give the operation `security`, or the root for all of them", "owasp:api2:2023-write-restricted"},
    {Rule::read_unrestricted, "read-unrestricted", medium, "API2", "nothing says who may make this call",
     "give the operation `security`; `security: []` when it is for everybody", "owasp:api2:2023-read-restricted"},
    {Rule::anonymous_write, "anonymous-write", low, "API2", "anybody may make this call, which changes something",
     "make sure that this is meant, as with a log-in; otherwise name a scheme", ""},
    {Rule::undeclared_scheme, "undeclared-scheme", high, "API2", "a security scheme that is not declared is required",
     "declare it under `components.securitySchemes`", ""},
    {Rule::basic_auth, "basic-auth", medium, "API2", "HTTP Basic sends the password with every call",
     "use tokens: OAuth 2.0, OpenID Connect or HTTP bearer", "owasp:api2:2023-no-http-basic"},
    {Rule::insecure_scheme, "insecure-scheme", high, "API2", "an authentication scheme that is known to be insecure",
     "use tokens: OAuth 2.0, OpenID Connect or HTTP bearer", "owasp:api2:2023-auth-insecure-schemes"},
    {Rule::api_key_in_url, "api-key-in-url", high, "API2", "an API key in the URL ends in logs and histories",
     "send it in a header field", "owasp:api2:2023-no-api-keys-in-url"},
    {Rule::credential_in_url, "credential-in-url", high, "API2", "a credential in the URL ends in logs and histories",
     "send it in a header field or the body", "owasp:api2:2023-no-credentials-in-url"},
    {Rule::oauth_old_flow, "oauth-old-flow", medium, "API2",
     "the implicit and password flows of OAuth 2.0 are not to be used any more (RFC 9700)",
     "use the authorization code flow with PKCE, or client credentials", ""},
    {Rule::oauth_no_refresh, "oauth-no-refresh", low, "API2",
     "no `refreshUrl`: access tokens that cannot be renewed tend to live long", "give the flow a `refreshUrl`",
     "owasp:api2:2023-short-lived-access-tokens"},
    {Rule::jwt_practices, "jwt-practices", low, "API2",
     "the description of tokens does not say that RFC 8725 is followed",
     "follow RFC 8725 (JWT best current practices), and say so in the scheme's `description`",
     "owasp:api2:2023-jwt-best-practices"},
    {Rule::no_scopes, "no-scopes", low, "API5", "any token of this scheme may make the call: no scope is asked for",
     "name the scopes that the operation needs", ""},
    {Rule::admin_not_separate, "admin-not-separate", medium, "API5",
     "an administrative path asks for no more than the others", "ask for a scheme or scope of its own",
     "owasp:api5:2023-admin-security-unique"},
    {Rule::numeric_id, "numeric-id", medium, "API1", "an id that counts up invites guessing those of others",
     "use random ids (`format: uuid`), and compare owners: `authorize_objects`", "owasp:api1:2023-no-numeric-ids"},
    {Rule::open_object, "open-object", medium, "API3", "the body may have members that nobody named: mass assignment",
     "say `additionalProperties: false`",
     "owasp:api3:2023-no-additionalProperties owasp:api3:2023-no-unevaluatedProperties"},
    {Rule::open_object_unconstrained, "open-object-unconstrained", low, "API3",
     "members of any name, and any number of them", "give `maxProperties`",
     "owasp:api3:2023-constrained-additionalProperties owasp:api3:2023-constrained-unevaluatedProperties"},
    {Rule::sensitive_answer, "sensitive-answer", high, "API3", "an answer has a member that looks like a secret",
     "take it out of the answer, or say `writeOnly: true`", ""},
    {Rule::answer_undescribed, "answer-undescribed", medium, "API3", "the answer has no schema: anything may leave",
     "give the media type a `schema`", ""},
    {Rule::body_undescribed, "body-undescribed", medium, "API8", "the body has no schema: anything may come",
     "give the media type a `schema`", ""},
    {Rule::untyped_schema, "untyped-schema", medium, "API8", "a schema without a type takes any value",
     "give it a `type`", ""},
    {Rule::array_unbounded, "array-unbounded", medium, "API4", "a list of any length", "give `maxItems`",
     "owasp:api4:2023-array-limit"},
    {Rule::string_unbounded, "string-unbounded", medium, "API4", "a string of any length",
     "give `maxLength`, `enum`, `const` or a `format` of fixed length", "owasp:api4:2023-string-limit"},
    {Rule::string_unrestricted, "string-unrestricted", low, "API4", "a string of any characters",
     "give `pattern`, `format`, `enum` or `const`", "owasp:api4:2023-string-restricted"},
    {Rule::number_unbounded, "number-unbounded", low, "API4", "a number without bounds",
     "give `minimum` and `maximum`, and integers a `format`",
     "owasp:api4:2023-integer-limit owasp:api4:2023-integer-limit-legacy owasp:api4:2023-integer-format"},
    {Rule::page_size_unbounded, "page-size-unbounded", high, "API4", "a client may ask for a page of any size",
     "give the parameter a `maximum`", ""},
    {Rule::no_429, "no-429", low, "API4", "no answer says that there is a limit to how often", "declare the status 429",
     "owasp:api4:2023-rate-limit-responses-429"},
    {Rule::no_retry_after, "no-retry-after", low, "API4", "429 does not say when to come again",
     "declare the header field `Retry-After`", "owasp:api4:2023-rate-limit-retry-after"},
    {Rule::no_rate_limit_fields, "no-rate-limit-fields", low, "API4", "answers do not say what is left of the limit",
     "declare the header fields `RateLimit` and `RateLimit-Policy`", "owasp:api4:2023-rate-limit"},
    {Rule::flow_unlimited, "flow-unlimited", medium, "API6",
     "a flow that is worth abusing (log-in, reset, code, purchase) declares no limit",
     "limit it by address and user, and declare the status 429", ""},
    {Rule::url_parameter, "url-parameter", medium, "API7", "the client names a URL that the server may come to call",
     "take a name from a list of your own; if it must be a URL, allow hosts by list",
     "owasp:api7:2023-concerning-url-parameter"},
    {Rule::callback_from_request, "callback-from-request", medium, "API7",
     "the server calls a URL that stands in the request", "allow callback hosts by list, verified when they register",
     ""},
    {Rule::server_http, "server-http", high, "API8", "a server without TLS", "use https",
     "owasp:api8:2023-no-server-http owasp:api8:2023-no-scheme-http"},
    {Rule::wildcard_media, "wildcard-media", medium, "API8", "bodies of any media type",
     "name the media types that the operation reads", ""},
    {Rule::body_of_get, "body-of-get", medium, "API8",
     "a body of GET, HEAD or DELETE has no meaning and is read differently (RFC 9110 §9.3.1)",
     "send it in the query, or use POST", ""},
    {Rule::no_401, "no-401", low, "API8", "credentials are asked for, and no answer says that they are missing",
     "declare the status 401", "owasp:api8:2023-define-error-responses-401"},
    {Rule::no_500, "no-500", low, "API8", "no answer says what an error of the server looks like",
     "declare the status 500 or `default`", "owasp:api8:2023-define-error-responses-500"},
    {Rule::no_validation_answer, "no-validation-answer", low, "API8",
     "no answer says what becomes of a request that does not fit", "declare the status 400 or 422",
     "owasp:api8:2023-define-error-validation"},
    {Rule::server_undescribed, "server-undescribed", low, "API9",
     "it is not said what the server is for, and who may reach it", "give the server a `description`",
     "owasp:api9:2023-inventory-environment owasp:api9:2023-inventory-access"},
    {Rule::deprecated_no_sunset, "deprecated-no-sunset", low, "API9", "deprecated, and nobody knows until when",
     "say `x-sallyport: { sunset: DATE }`", ""},
    {Rule::no_operation_id, "no-operation-id", low, "API9", "the operation has no name to be spoken of by",
     "give it an `operationId`", ""},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].rule) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::string_view word(Severity severity) {
  switch (severity) {
    case low:
      return "low";
    case medium:
      return "medium";
    case high:
      return "high";
  }
  return "high";
}

const RuleText& text_of(Rule rule) { return table[static_cast<std::size_t>(rule)]; }
std::span<const RuleText> all_rules() { return table; }

std::uint32_t Report::score() const {
  if (scores.empty()) return 100;
  std::uint64_t sum = 0;
  for (const Score& one : scores) sum += one.points;
  return static_cast<std::uint32_t>(sum / scores.size());
}

}  // namespace sallyport::lint
