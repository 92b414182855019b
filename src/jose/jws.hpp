// A signed token in compact form (RFC 7515 §7.1), read strictly and not yet verified: three parts in
// canonical base64url, a header that is one JSON object without repeated names, nothing in it that
// asks for more than we do. Where keys are fetched from is never the token's to say: jku, x5u, jwk
// and x5c are not read (CWE-347, RFC 8725 §3.10).
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>

#include "decode/value.hpp"
#include "jose/algorithm.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::jose {

struct Jws {
  static constexpr std::size_t max_bytes = 16u << 10;  // of the compact form

  std::string_view compact = {};        // as it came
  std::string_view signing_input = {};  // what is signed: the first two parts, as they came
  std::string_view payload = {};        // decoded, as is the signature; both in the arena
  std::string_view signature = {};
  const decode::Value* header = nullptr;
  Algorithm algorithm = Algorithm::hs256;
  std::optional<std::string_view> key_id = {};
  std::optional<std::string_view> type = {};  // `typ` as it stands there
};

// The error's rule is stable: "form", "encoding", "size", "header", "algorithm", "critical".
[[nodiscard]] std::expected<Jws, Reason> read_jws(std::string_view compact, Arena& arena);

// Media types without regard to case, and without "application/" when that is all before the slash
// (RFC 7515 §4.1.9).
[[nodiscard]] bool same_type(std::string_view a, std::string_view b);

}  // namespace sallyport::jose
