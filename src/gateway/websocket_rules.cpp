#include "gateway/websocket_rules.hpp"

#include <algorithm>
#include <charconv>

#include "http/characters.hpp"
#include "http/field_line.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::string_view key_field = "Sec-WebSocket-Key";
constexpr std::string_view accept_field = "Sec-WebSocket-Accept";
constexpr std::string_view version_field = "Sec-WebSocket-Version";
constexpr std::string_view protocol_field = "Sec-WebSocket-Protocol";
constexpr std::string_view extensions_field = "Sec-WebSocket-Extensions";
constexpr std::string_view version = "13";

bool holds(std::string_view list, std::string_view wanted) {
  return !http::each_element(list, [&](std::string_view element) { return !same_name(element, wanted); });
}

// Also among those that were removed because they are of the connection alone.
bool any_holds(const Fields& fields, FieldName name, std::string_view wanted) {
  return std::ranges::any_of(fields.all(),
                             [&](const Field& field) { return field.known == name && holds(field.value, wanted); });
}

// The only field of that name, or null when there is none or more than one.
const Field* only(const Fields& fields, std::string_view name) {
  const Field* found = nullptr;
  for (const Field& field : fields.all()) {
    if (field.removed || !same_name(field.name, name)) continue;
    if (found != nullptr) return nullptr;
    found = &field;
  }
  return found;
}

Deny refused(std::uint16_t status, std::string_view title, std::string_view rule, std::string_view detail) {
  return {{status, status == 403 ? "forbidden" : "websocket_handshake", title, {}, {}, {}}, {rule, detail}};
}

constexpr std::string_view bad_handshake = "The WebSocket handshake is malformed";

}  // namespace

std::shared_ptr<const WebSocketRules> WebSocketRules::build(const settings::WebSocket& from) {
  auto rules = std::make_shared<WebSocketRules>();
  for (const std::string& path : from.paths) {
    if (auto pattern = controls::access::PathPattern::compile(path)) rules->paths_.push_back(std::move(*pattern));
  }
  rules->origins_ = from.origins;
  rules->subprotocols_ = from.subprotocols;
  rules->max_message_ = from.max_message.bytes;
  rules->messages_per_second_ = from.messages_per_second;
  rules->idle_ = from.idle;
  return rules;
}

bool WebSocketRules::declares(std::string_view path) const {
  return std::ranges::any_of(paths_, [&](const auto& pattern) { return pattern.matches(path); });
}

bool WebSocketRules::allows_origin(std::string_view origin, const Request& request) const {
  if (std::ranges::any_of(origins_, [&](const std::string& one) { return one == "*" || same_name(one, origin); })) {
    return true;
  }
  // The API's own pages: https, or http where the client's side has no TLS that we know of.
  std::string_view rest = origin;
  std::uint16_t usual = 443;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://") && !request.https) {
    rest.remove_prefix(7);
    usual = 80;
  } else {
    return false;
  }
  if (rest.size() < request.host.size() || !same_name(rest.substr(0, request.host.size()), request.host)) return false;
  rest.remove_prefix(request.host.size());
  std::uint16_t port = usual;
  if (!rest.empty()) {
    if (rest.front() != ':') return false;
    const auto read = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
    if (read.ec != std::errc{} || read.ptr != rest.data() + rest.size()) return false;
  }
  return port == (request.port != 0 ? request.port : usual);
}

std::string_view WebSocketRules::allowed_of(std::string_view offered, Arena& arena) const {
  std::string_view kept;
  http::each_element(offered, [&](std::string_view name) {
    if (std::ranges::find(subprotocols_, name) != subprotocols_.end()) {
      kept = kept.empty() ? name : arena.concat(kept, ", ", name);
    }
    return true;
  });
  return kept;
}

bool asks_for_websocket(const Request& request) {
  const Version spoken = request.version;
  return request.method == Method::get && (spoken.major == 2 || (spoken.major == 1 && spoken.minor == 1)) &&
         any_holds(request.fields, FieldName::upgrade, "websocket") &&
         any_holds(request.fields, FieldName::connection, "upgrade");
}

Verdict WebSocketHandshake::take_request(Request& request, Arena& arena) {
  Fields& fields = request.fields;
  if (const Field* origin = fields.find(FieldName::origin);
      origin != nullptr && !rules_->allows_origin(origin->value, request)) {
    return refused(403, "Pages of this origin may not open WebSockets here", "origin", "an origin that is not named");
  }
  if (request.framing != Framing::none) return refused(400, bad_handshake, "body", "a handshake with a body");
  if (const Field* asked = only(fields, version_field); asked == nullptr || asked->value != version) {
    Deny denied = refused(426, "This version of WebSocket is not spoken here", "version", "not version 13");
    denied.problem.extra_name = version_field;
    denied.problem.extra_value = version;
    return denied;
  }
  has_key_ = request.version.major == 1;  // RFC 8441 §5: HTTP/2 needs none
  if (has_key_) {
    const Field* key = only(fields, key_field);
    if (key == nullptr || !websocket::is_key(key->value)) {
      return refused(400, bad_handshake, "key", "Sec-WebSocket-Key is not 16 bytes in base64, once");
    }
    own_accept_ = websocket::accept_for(key->value);
  }
  for (const Field& field : fields.all()) {
    if (field.removed || !same_name(field.name, protocol_field)) continue;
    offered_ = offered_.empty() ? field.value : arena.concat(offered_, ",", field.value);
  }
  if (!http::each_element(offered_, [](std::string_view name) { return http::all(name, http::character::tchar); })) {
    return refused(400, bad_handshake, "subprotocol_syntax", "Sec-WebSocket-Protocol holds something that is no token");
  }
  if (rules_->names_subprotocols()) {
    offered_ = rules_->allowed_of(offered_, arena);
    if (offered_.empty()) {
      return refused(400, "None of the subprotocols is spoken here", "subprotocol", "none that is named was offered");
    }
  }
  own_key_ = websocket::make_key();
  fields.remove(extensions_field);
  fields.remove(protocol_field);
  const bool fits = fields.set(key_field, {own_key_.data(), own_key_.size()}) &&
                    (offered_.empty() || fields.append(protocol_field, offered_));
  if (!fits) return refused(431, "The head has too many fields", "fields_limit", "no room for the handshake");
  return Pass{};
}

std::string_view WebSocketHandshake::take_answer(Response& response) const {
  Fields& fields = response.fields;
  if (!any_holds(fields, FieldName::upgrade, "websocket") || !any_holds(fields, FieldName::connection, "upgrade")) {
    return "websocket_upgrade";
  }
  const websocket::Accept expected = websocket::accept_for({own_key_.data(), own_key_.size()});
  const Field* accept = only(fields, accept_field);
  if (accept == nullptr || accept->value != std::string_view(expected.data(), expected.size())) {
    return "websocket_accept";
  }
  if (fields.find(extensions_field) != nullptr) return "websocket_extension";
  const Field* chosen = only(fields, protocol_field);
  if (chosen == nullptr && fields.find(protocol_field) != nullptr) return "websocket_subprotocol";
  if (chosen != nullptr && http::each_element(offered_, [&](std::string_view one) { return one != chosen->value; })) {
    return "websocket_subprotocol";
  }
  fields.remove(accept_field);
  if (has_key_ && !fields.append(accept_field, {own_accept_.data(), own_accept_.size()})) return "websocket_fields";
  return {};
}

}  // namespace sallyport::gateway
