#include "identity/key_location.hpp"

#include <algorithm>

#include "decode/json.hpp"
#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::identity {
namespace {

// OpenID Connect Discovery 1.0 §4.1: appended to the issuer, whose last slash goes.
Result<fetch::Url> discovery_url(const std::string& issuer) {
  std::string_view base = issuer;
  if (base.ends_with('/')) base.remove_suffix(1);
  if (base.contains('?')) return fail(ErrorCode::invalid, "`" + issuer + "` has a query: nothing can be discovered");
  return fetch::parse_url(std::string(base) + "/.well-known/openid-configuration");
}

Result<std::string> good_answer(const fetch::Client& client, const fetch::Url& url, const fetch::Interrupt& interrupt) {
  auto answer = client.call({url, {}, {}}, interrupt);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) {
    return fail(ErrorCode::unavailable, "it answered with status " + std::to_string(answer->status), url.text());
  }
  return std::move(answer->body);
}

const decode::Value* text_member(const decode::Value& object, std::string_view name) {
  const decode::Value* found = object.is(decode::Kind::object) ? object.find(name) : nullptr;
  return found != nullptr && found->is(decode::Kind::string) ? found : nullptr;
}

}  // namespace

std::optional<Error> KeyLocation::problem() const {
  const auto parsed = url.empty() ? discovery_url(issuer) : fetch::parse_url(url);
  if (!parsed) return parsed.error();
  const auto client = fetch::Client::make({.ca = ca});
  return client ? std::nullopt : std::optional(client.error());
}

Result<fetch::Url> keys_named_by(std::string_view document, const KeyLocation& location) {
  Arena arena;
  const auto json = decode::parse_json(document, arena);
  if (!json) return fail(ErrorCode::invalid, "its discovery document is no JSON");
  // §4.3: another issuer's document would bring another's keys.
  const decode::Value* issuer = text_member(**json, "issuer");
  if (issuer == nullptr || issuer->text() != location.issuer) {
    return fail(ErrorCode::invalid, "its discovery document is of another issuer");
  }
  const decode::Value* uri = text_member(**json, "jwks_uri");
  if (uri == nullptr) return fail(ErrorCode::invalid, "its discovery document names no `jwks_uri`");
  auto url = fetch::parse_url(uri->text());
  if (!url) return url;
  const auto own = discovery_url(location.issuer);
  const bool named =
      url->https && url->port == 443 && std::ranges::find(location.hosts, url->host) != location.hosts.end();
  if (!named && !(own && url->same_origin(*own))) {
    return fail(ErrorCode::invalid,
                "its keys are said to be at " + url->authority() + ", which is not the issuer's own", {},
                "name the host in `key_hosts` if it is right");
  }
  return url;
}

Result<jose::KeySet> fetch_keys(const KeyLocation& location, const fetch::Client& client,
                                const fetch::Interrupt& interrupt) {
  auto url = location.url.empty() ? discovery_url(location.issuer) : fetch::parse_url(location.url);
  if (!url) return std::unexpected(url.error());
  if (location.url.empty()) {
    const auto document = good_answer(client, *url, interrupt);
    if (!document) return std::unexpected(document.error());
    const std::string at = url->text();
    url = keys_named_by(*document, location);
    if (!url) {
      url.error().where = at;
      return std::unexpected(url.error());
    }
  }
  const auto text = good_answer(client, *url, interrupt);
  if (!text) return std::unexpected(text.error());
  auto keys = jose::KeySet::parse(*text);
  if (!keys) return fail(ErrorCode::invalid, keys.error().message, url->text());
  if (keys->keys().empty()) return fail(ErrorCode::invalid, "it has no key that can be used", url->text());
  if (keys->keys().front().symmetric()) return fail(ErrorCode::invalid, "it publishes secrets", url->text());
  return keys;
}

}  // namespace sallyport::identity
