// internal_token: tells the API who calls. Contract in README.md.

#include <array>

#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "base/random.hpp"
#include "controls/internal_token/config.hpp"
#include "engine/descriptor.hpp"
#include "identity/minting_keys.hpp"

namespace sallyport::controls::internal_token {
namespace {

void append_text(std::string& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  json += ",\"";
  json += name;
  json += "\":";
  append_json(json, text);
}

class InternalToken final : public Control {
 public:
  InternalToken(const Config& config, std::string audience, identity::MintingKeys* keys)
      : keys_(keys),
        header_(config.header),
        prefix_(same_name(config.header, "Authorization") ? "Bearer " : ""),
        lifetime_(std::chrono::duration_cast<std::chrono::seconds>(config.lifetime).count()) {
    begin_ = "{\"iss\":";
    append_json(begin_, config.issuer);
    begin_ += ",\"aud\":";
    append_json(begin_, audience);
  }

  [[nodiscard]] Phases phases() const override { return keys_ == nullptr ? Phases{} : Phases{Phase::request_head}; }

  Verdict on_request_head(const Context& context) const override {
    const auto edits = context.arena().array<Edit>(1);
    // Of nobody nothing is said, and what stands in our field is nobody's either.
    edits[0] = {Edit::Kind::remove, 0, header_, {}};
    if (!context.actor().known()) return Rewrite{edits, nullptr, {}};
    const auto key = keys_->current();
    if (!key) return Failed{"there is no key to sign with"};
    std::string claims;
    if (!describe(context, claims)) return Failed{"no random numbers"};
    const auto token = key->token(claims);
    if (!token) return Failed{"the token cannot be signed"};
    edits[0] = {Edit::Kind::set, 0, header_, context.arena().concat(prefix_, *token)};
    return Rewrite{edits, nullptr, {}};
  }

 private:
  [[nodiscard]] bool describe(const Context& context, std::string& json) const {
    std::array<unsigned char, 16> id;
    if (!fill_random(id)) return false;
    const Actor& actor = context.actor();
    json.reserve(512);
    json = begin_;
    json += ",\"iat\":";
    append_number(json, context.now());
    json += ",\"exp\":";
    append_number(json, context.now() + lifetime_);
    append_text(json, "jti", encode_base64({reinterpret_cast<const char*>(id.data()), id.size()}, Base64::url));
    // Without a user it is the application that acts for itself (RFC 9068 §2.2).
    append_text(json, "sub", actor.subject.empty() ? actor.client : actor.subject);
    append_text(json, "client_id", actor.client);
    append_text(json, "idp", actor.issuer);
    append_text(json, "tenant", actor.tenant);
    std::string scopes;
    for (const std::string_view scope : actor.scopes) (scopes += scopes.empty() ? "" : " ") += scope;
    append_text(json, "scope", scopes);
    if (!actor.roles.empty()) json += ",\"roles\":[";
    for (const std::string_view& role : actor.roles) {
      if (&role != actor.roles.data()) json += ',';
      append_json(json, role);
    }
    json += actor.roles.empty() ? "}" : "]}";
    return true;
  }

  identity::MintingKeys* keys_;  // null when the section is not there
  std::string header_;
  std::string prefix_;
  std::int64_t lifetime_;
  std::string begin_;  // of the claims
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node*,
                                    config::Report&) {
  if (config.issuer.empty()) return std::make_shared<const InternalToken>(config, "", nullptr);
  auto& keys = scope.services->part<identity::MintingKeys>();
  keys.need(config.key_file.path);
  std::string audience = config.audience;
  if (audience.empty() && scope.api != nullptr) audience = scope.api->name;
  return std::make_shared<const InternalToken>(config, std::move(audience), &keys);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("internal_token", "Tells the API who calls, by a token that the gateway signs.");
  return self;
}

}  // namespace sallyport::controls::internal_token
