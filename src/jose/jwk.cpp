#include "jose/jwk.hpp"

#include <optional>
#include <string>

#include "base/base64.hpp"
#include "jose/key_set.hpp"

namespace sallyport::jose {
namespace {

std::unexpected<Error> refused(std::string message) { return fail(ErrorCode::invalid, std::move(message)); }

// A member that must be a string when it is there.
Result<std::optional<std::string_view>> text_member(const decode::Value& jwk, std::string_view name) {
  const decode::Value* member = jwk.find(name);
  if (member == nullptr) return std::nullopt;
  if (!member->is(decode::Kind::string)) return refused("`" + std::string(name) + "` is no string");
  return member->text();
}

Result<std::string> bytes_member(const decode::Value& jwk, std::string_view name) {
  const auto text = text_member(jwk, name);
  if (!text) return std::unexpected(text.error());
  if (!*text) return refused("`" + std::string(name) + "` is missing");
  auto bytes = decode_base64(**text, Base64::url);
  if (!bytes) return refused("`" + std::string(name) + "` is no base64url");
  return std::move(*bytes);
}

Result<Key> with_point(const decode::Value& jwk, KeyType curve) {
  const auto x = bytes_member(jwk, "x");
  if (!x) return std::unexpected(x.error());
  const auto y = bytes_member(jwk, "y");
  if (!y) return std::unexpected(y.error());
  return Key::elliptic(curve, *x, *y);
}

Result<Key> key_material(const decode::Value& jwk, std::string_view type) {
  if (type == "oct") {
    const auto secret = bytes_member(jwk, "k");
    return secret ? Key::secret(*secret) : std::unexpected(secret.error());
  }
  if (type == "RSA") {
    const auto n = bytes_member(jwk, "n");
    if (!n) return std::unexpected(n.error());
    const auto e = bytes_member(jwk, "e");
    return e ? Key::rsa(*n, *e) : std::unexpected(e.error());
  }
  const auto curve = text_member(jwk, "crv");
  if (!curve) return std::unexpected(curve.error());
  const std::string_view name = curve->value_or("");
  if (type == "EC") {
    if (name == "P-256") return with_point(jwk, KeyType::p256);
    if (name == "P-384") return with_point(jwk, KeyType::p384);
    if (name == "P-521") return with_point(jwk, KeyType::p521);
    return refused("`crv` is none of P-256, P-384, P-521");
  }
  if (type == "OKP") {
    if (name != "Ed25519" && name != "Ed448") return refused("`crv` is neither Ed25519 nor Ed448");
    const auto x = bytes_member(jwk, "x");
    if (!x) return std::unexpected(x.error());
    return Key::edwards(name == "Ed25519" ? KeyType::ed25519 : KeyType::ed448, *x);
  }
  return refused("`kty` is none of RSA, EC, OKP, oct");
}

// RFC 7517 §4.2 and §4.3: what the key is for.
Result<void> is_for_signatures(const decode::Value& jwk) {
  const auto use = text_member(jwk, "use");
  if (!use) return std::unexpected(use.error());
  if (*use && **use != "sig") return refused("`use` is not sig");
  const decode::Value* operations = jwk.find("key_ops");
  if (operations == nullptr) return {};
  if (!operations->is(decode::Kind::array)) return refused("`key_ops` is no list");
  for (const decode::Value& operation : *operations) {
    if (operation.is(decode::Kind::string) && operation.text() == "verify") return {};
  }
  return refused("`key_ops` has no verify");
}

}  // namespace

Result<Key> read_jwk(const decode::Value& jwk) {
  if (!jwk.is(decode::Kind::object)) return refused("it is no object");
  const auto type = text_member(jwk, "kty");
  if (!type) return std::unexpected(type.error());
  if (!*type) return refused("`kty` is missing");
  if (auto purpose = is_for_signatures(jwk); !purpose) return std::unexpected(purpose.error());
  auto key = key_material(jwk, **type);
  if (!key) return key;
  const auto name = text_member(jwk, "alg");
  if (!name) return std::unexpected(name.error());
  if (*name) {
    // "ES521" never was an algorithm's name, but is seen in keys; a token must say ES512 all the same.
    const auto algorithm = algorithm_named(**name == "ES521" ? std::string_view("ES512") : **name);
    if (!algorithm) return refused("`alg` is no algorithm for signatures");
    if (!key->fits(*algorithm)) return refused("`alg` does not fit the key");
    key->bind(*algorithm);
  }
  const auto id = text_member(jwk, "kid");
  if (!id) return std::unexpected(id.error());
  if (*id) {
    if ((*id)->size() > KeySet::max_id_bytes) return refused("`kid` is too long");
    key->set_id(std::string(**id));
  }
  return key;
}

}  // namespace sallyport::jose
