// Proofs of possession (RFC 9449): a token that is bound to a key is good only beside a proof, signed with
// that key, for this very call. Everything here is about one proof; that it comes once is seen_proofs.hpp's.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "jose/algorithm.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::identity {

// The call that a proof must be for.
struct DpopCall {
  std::string_view method;
  bool https = true;
  std::string_view host;   // canonical, as in Request
  std::uint16_t port = 0;  // 0: the scheme's own
  std::string_view path;   // canonical
  std::string_view token;  // as it was sent
};

struct DpopProof {
  std::string key;      // thumbprint (RFC 7638) of the key that signed it: `cnf.jkt` of the token must be that
  std::string_view id;  // `jti`
  std::optional<std::string_view> nonce;
};

struct DpopRules {
  std::int64_t max_age = 60;  // seconds since `iat`
  std::int64_t ahead = 5;     // seconds that `iat` may lie ahead
};

inline constexpr std::size_t max_dpop_bytes = 8u << 10;
inline constexpr std::size_t max_dpop_id_bytes = 512;

// §4.3, checks 2 to 9, 11 and 12a. `now` in seconds since 1970. Rules of refusals: "dpop_form",
// "dpop_type", "dpop_algorithm", "dpop_key", "dpop_signature", "dpop_claim", "dpop_method", "dpop_uri",
// "dpop_time", "dpop_token". Views of the proof live in the arena.
[[nodiscard]] std::expected<DpopProof, Reason> check_dpop(std::string_view compact, const DpopCall& call,
                                                          const DpopRules& rules, std::int64_t now, Arena& arena);

}  // namespace sallyport::identity
