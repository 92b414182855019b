#include "identity/dpop.hpp"

#include <openssl/sha.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/base64.hpp"
#include "decode/value.hpp"
#include "http/host.hpp"
#include "http/path.hpp"
#include "jose/claims.hpp"
#include "jose/jwk.hpp"
#include "jose/jws.hpp"

#include <sallyport/message.hpp>

namespace sallyport::identity {
namespace {

using decode::Kind;
using decode::Value;

std::unexpected<Reason> refused(std::string_view rule, std::string_view detail) {
  return std::unexpected(Reason{rule, detail});
}

// A claim that must be a string, and not an empty one.
std::optional<std::string_view> text_claim(const Value& claims, std::string_view name) {
  const Value* claim = claims.find(name);
  if (claim == nullptr || !claim->is(Kind::string) || claim->text().empty()) return std::nullopt;
  return claim->text();
}

std::optional<double> time_claim(const Value& claims, std::string_view name) {
  const Value* claim = claims.find(name);
  if (claim == nullptr || !claim->is(Kind::number)) return std::nullopt;
  const std::string_view text = claim->text();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// `jwk` of the header as a key, and none that has its private half in it (§4.3, 7).
std::optional<jose::Key> key_of(const jose::Jws& jws) {
  const Value* jwk = jws.header->find("jwk");
  if (jwk == nullptr || !jwk->is(Kind::object)) return std::nullopt;
  for (const std::string_view secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk->find(secret) != nullptr) return std::nullopt;
  }
  auto key = jose::read_jwk(*jwk);
  if (!key || key->symmetric()) return std::nullopt;
  return std::move(*key);
}

// Compared as the gateway reads requests, without query and fragment (§4.3, 9; RFC 3986 §6.2.2, §6.2.3).
bool is_uri_of(std::string_view uri, const DpopCall& call, Arena& arena) {
  const std::string_view scheme = call.https ? "https://" : "http://";
  if (!same_name(uri.substr(0, scheme.size()), scheme)) return false;
  uri.remove_prefix(scheme.size());
  uri = uri.substr(0, uri.find_first_of("?#"));
  const std::size_t slash = std::min(uri.find('/'), uri.size());
  const auto authority = http::parse_authority(uri.substr(0, slash), arena);
  if (!authority || authority->host != call.host) return false;
  const std::uint16_t usual = call.https ? 443 : 80;
  const auto port = [usual](std::uint16_t given) { return given == 0 ? usual : given; };
  if (port(authority->port) != port(call.port)) return false;
  const auto path = http::canonical_path(slash == uri.size() ? "/" : uri.substr(slash), arena);
  return path && path->text == call.path;
}

bool is_hash_of(std::string_view hash, std::string_view token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return hash == encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}, Base64::url);
}

}  // namespace

std::expected<DpopProof, Reason> check_dpop(std::string_view compact, const DpopCall& call, const DpopRules& rules,
                                            std::int64_t now, Arena& arena) {
  if (compact.size() > max_dpop_bytes) return refused("dpop_form", "the proof is too long");
  const auto jws = jose::read_jws(compact, arena);
  if (!jws) return refused(jws.error().rule == "algorithm" ? "dpop_algorithm" : "dpop_form", jws.error().detail);
  const auto claims = jose::read_claims(*jws, arena);
  if (!claims) return refused("dpop_form", claims.error().detail);
  if (!jws->type || !jose::same_type(*jws->type, "dpop+jwt")) return refused("dpop_type", "its typ is not dpop+jwt");
  if (jose::family_of(jws->algorithm) == jose::Family::hmac) {
    return refused("dpop_algorithm", "a proof is signed with a key of two halves");
  }
  const auto key = key_of(*jws);
  if (!key || !key->fits(jws->algorithm)) return refused("dpop_key", "its jwk is no public key that fits");
  if (!key->verify(jws->algorithm, jws->signing_input, jws->signature)) {
    return refused("dpop_signature", "it was not signed with the key in it");
  }

  const auto id = text_claim(**claims, "jti");
  const auto method = text_claim(**claims, "htm");
  const auto uri = text_claim(**claims, "htu");
  const auto hash = text_claim(**claims, "ath");
  const auto issued = time_claim(**claims, "iat");
  if (!id || !method || !uri || !issued)
    return refused("dpop_claim", "jti, htm, htu or iat is missing or of a wrong type");
  if (id->size() > max_dpop_id_bytes) return refused("dpop_claim", "its jti is too long");
  const Value* nonce = (*claims)->find("nonce");
  if (nonce != nullptr && !nonce->is(Kind::string)) return refused("dpop_claim", "its nonce is no string");
  if (*method != call.method) return refused("dpop_method", "it is for another method");
  if (!is_uri_of(*uri, call, arena)) return refused("dpop_uri", "it is for another address");
  const auto time = static_cast<double>(now);
  if (*issued > time + static_cast<double>(rules.ahead)) return refused("dpop_time", "its iat lies ahead");
  if (*issued + static_cast<double>(rules.max_age) <= time) return refused("dpop_time", "it is too old");
  if (!hash || !is_hash_of(*hash, call.token)) return refused("dpop_token", "it is for another token");
  DpopProof proof{.key = key->thumbprint(), .id = *id, .nonce = std::nullopt};
  if (nonce != nullptr) proof.nonce = nonce->text();
  return proof;
}

}  // namespace sallyport::identity
