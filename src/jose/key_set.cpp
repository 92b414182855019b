#include "jose/key_set.hpp"

#include <atomic>
#include <set>
#include <utility>

#include "decode/json.hpp"
#include "jose/jwk.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::jose {
namespace {

std::unexpected<Error> twins(std::string_view id) {
  return fail(ErrorCode::invalid, "two keys have the id `" + std::string(id) + "`");
}

std::string_view text_of(const decode::Value& jwk, std::string_view name) {
  const decode::Value* member = jwk.is(decode::Kind::object) ? jwk.find(name) : nullptr;
  return member != nullptr && member->is(decode::Kind::string) ? member->text() : std::string_view();
}

// Two entries for signatures with one id and type, be one of them broken: which was meant?
std::optional<std::string_view> ambiguous_id(const decode::Value& list) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const decode::Value& jwk : list) {
    const std::string_view id = text_of(jwk, "kid");
    const std::string_view use = text_of(jwk, "use");
    if (id.empty() || (!use.empty() && use != "sig")) continue;
    if (!seen.emplace(id, text_of(jwk, "kty")).second) return id;
  }
  return std::nullopt;
}

}  // namespace

Result<KeySet> KeySet::of(std::vector<Key> keys) {
  if (keys.size() > max_keys) return fail(ErrorCode::limit, "more than 100 keys");
  std::set<std::string> names;
  for (const Key& one : keys) {
    // A secret that stands among public keys may be one by mistake; and who can read public keys
    // could then sign (RFC 8725 §3.1 asks for one kind of algorithm a key).
    if (one.symmetric() != keys.front().symmetric()) {
      return fail(ErrorCode::invalid, "secrets and public keys stand in one set");
    }
    const std::string type(1, static_cast<char>('0' + static_cast<int>(one.type())));
    if (one.id() && !names.insert(type + *one.id()).second) return twins(*one.id());
  }
  static std::atomic<std::uint64_t> versions{0};
  KeySet set;
  set.version_ = ++versions;
  set.keys_ = std::move(keys);
  return set;
}

Result<KeySet> KeySet::parse(std::string_view json) {
  if (json.size() > max_bytes) return fail(ErrorCode::limit, "the key set is longer than 256 KiB");
  Arena arena;
  const auto root = decode::parse_json(json, arena);
  if (!root) return fail(ErrorCode::invalid, "the key set is no JSON: " + std::string(root.error().detail));
  return read(**root);
}

Result<KeySet> KeySet::read(const decode::Value& top) {
  if (!top.is(decode::Kind::object)) return fail(ErrorCode::invalid, "a key set is a JSON object");
  const decode::Value* list = top.find("keys");
  if (list != nullptr && !list->is(decode::Kind::array)) return fail(ErrorCode::invalid, "`keys` is no list");
  if (list == nullptr && top.find("kty") == nullptr) return fail(ErrorCode::invalid, "there are no `keys`");
  std::vector<Key> keys;
  std::vector<std::string> ignored;
  const auto add = [&](const decode::Value& jwk, std::size_t index) {
    auto key = read_jwk(jwk);
    if (key) return keys.push_back(std::move(*key));
    const std::string_view id = text_of(jwk, "kid");
    std::string which = "key " + std::to_string(index + 1);
    if (!id.empty()) which += " (" + std::string(id.substr(0, 64)) + ")";
    ignored.push_back(which + ": " + key.error().message);
  };
  if (list == nullptr) {
    add(top, 0);
  } else {
    if (list->size() > max_keys) return fail(ErrorCode::limit, "more than 100 keys");
    if (const auto id = ambiguous_id(*list)) return twins(*id);
    std::size_t index = 0;
    for (const decode::Value& jwk : *list) add(jwk, index++);
  }
  auto set = of(std::move(keys));
  if (set) set->ignored_ = std::move(ignored);
  return set;
}

KeySet::Match KeySet::verify(Algorithm algorithm, std::optional<std::string_view> id, std::string_view text,
                             std::string_view signature) const {
  Match match = Match::unknown_key;
  std::size_t tries = 0;
  for (const Key& key : keys_) {
    if (!key.fits(algorithm) || (id && key.id() && *key.id() != *id)) continue;
    if (tries++ == max_tries) break;
    if (key.verify(algorithm, text, signature)) return Match::good;
    match = Match::bad_signature;
  }
  return match;
}

}  // namespace sallyport::jose
