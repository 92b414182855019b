// The claims of a token against what an issuer's tokens must be (RFC 7519 §4.1, RFC 8725, RFC 9068).
// Everything is compared exactly; a claim of the wrong type is a refusal, never an absent claim.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode/value.hpp"
#include "jose/algorithm.hpp"
#include "jose/jws.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::jose {

// What tokens of one issuer must be.
struct TokenRules {
  std::string issuer;                  // `iss`
  std::vector<std::string> audiences;  // `aud` names one of them
  Algorithms algorithms;
  std::vector<std::string> types;     // `typ`, media types compared as same_type() does
  bool untyped = true;                // a token without `typ` will do
  std::vector<std::string> required;  // claims that must be there, and not be empty strings
  std::int64_t leeway = 60;           // seconds that clocks may differ
  // From `iat` to `exp` (or from now, without `iat`), in seconds: longer lived tokens are refused.
  std::optional<std::int64_t> max_lifetime;
};

// Times are doubles: RFC 7519 allows fractions. Nothing past 2^53 is taken for a time.
inline constexpr double max_time = 9007199254740992.0;
// A NumericDate; nothing when it is no number, or none that is taken for a time.
[[nodiscard]] std::optional<double> read_time(const decode::Value& claim);

// The payload as an object. Numbers anywhere in it that no double can hold are refused.
[[nodiscard]] std::expected<const decode::Value*, Reason> read_claims(const Jws& jws, Arena& arena);

// Header and claims; the signature is the caller's. `now` in seconds since 1970. Null when all is
// well; otherwise the rule is one of "algorithm", "type", "issuer", "audience", "expired",
// "not_yet_valid", "issued_in_future", "lifetime", "claim_type", "claim_missing".
[[nodiscard]] std::optional<Reason> check_claims(const Jws& jws, const decode::Value& claims, const TokenRules& rules,
                                                 std::int64_t now);

// The same without a header: of claims that somebody vouches for otherwise, such as the answer of RFC 7662.
[[nodiscard]] std::optional<Reason> check_claims(const decode::Value& claims, const TokenRules& rules,
                                                 std::int64_t now);

// A claim by its path: "realm_access.roles" is the member `roles` of the claim `realm_access`. A claim
// whose name has dots itself ("https://example.com/roles") is found first.
[[nodiscard]] const decode::Value* find_claim(const decode::Value& claims, std::string_view path);

// The words of the claims at these paths together, in the arena: a string is split at spaces (RFC 8693
// §4.2), a list of strings is taken as it is. A claim of another type grants nothing.
[[nodiscard]] std::span<const std::string_view> words_of(const decode::Value& claims,
                                                         std::span<const std::string> paths, Arena& arena);

}  // namespace sallyport::jose
