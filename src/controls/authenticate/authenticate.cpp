// authenticate: who calls. Contract in README.md.
#include <algorithm>

#include "controls/authenticate/bearer.hpp"
#include "controls/authenticate/config.hpp"
#include "controls/authenticate/issuer.hpp"
#include "engine/descriptor.hpp"
#include "jose/jws.hpp"
#include "jose/verified_tokens.hpp"

namespace sallyport::controls::authenticate {
namespace {

class Authenticate final : public Control {
 public:
  Authenticate(const Config& config, std::vector<AcceptedIssuer> issuers, std::string_view realm)
      : issuers_(std::move(issuers)),
        scopes_(config.scopes),
        challenges_(realm, config.scopes),
        optional_(config.optional),
        forward_(config.forward_credentials) {
    if (config.remember != 0) verified_ = std::make_unique<jose::VerifiedTokens>(config.remember);
  }

  // Without issuers nobody is asked, and nothing is spent.
  [[nodiscard]] Phases phases() const override { return issuers_.empty() ? Phases{} : Phases{Phase::request_head}; }

  Verdict on_request_head(const Context& context) const override {
    const Field* field = context.request().fields.find(FieldName::authorization);
    if (field == nullptr) {
      if (optional_) return Pass{};
      return unauthorized(challenges_.no_credentials, {"no_credentials", "the call has no credentials"});
    }
    const auto token = bearer_token(field->value);
    if (!token) return unauthorized(challenges_.invalid_token, {"scheme", "the credentials are no bearer token"});
    const auto actor = judge(*token, context);
    if (!actor) return unauthorized(challenges_.invalid_token, actor.error());
    context.set_actor(*actor);
    for (const std::string& scope : scopes_) {
      if (std::ranges::find(actor->scopes, scope) == actor->scopes.end()) return insufficient();
    }
    if (forward_) return Pass{};
    const auto edits = context.arena().array<Edit>(1);
    edits[0] = {Edit::Kind::remove, 0, field->name, {}};
    return Rewrite{edits, nullptr, {}};
  }

 private:
  [[nodiscard]] std::expected<Actor, Reason> judge(std::string_view token, const Context& context) const {
    Arena& arena = context.arena();
    const auto jws = jose::read_jws(token, arena);
    if (!jws) return std::unexpected(jws.error());
    const auto claims = jose::read_claims(*jws, arena);
    if (!claims) return std::unexpected(claims.error());
    // `iss` only chooses whose rules and keys apply: with all of them it must then agree.
    const AcceptedIssuer* issuer = issuer_of(**claims);
    if (issuer == nullptr) return std::unexpected(Reason{"issuer", "nobody whose tokens are accepted"});
    if (const auto wrong = jose::check_claims(*jws, **claims, issuer->rules(), context.now())) {
      return std::unexpected(*wrong);
    }
    if (const auto wrong = check_signature(*jws, *issuer)) return std::unexpected(*wrong);
    return issuer->actor(**claims, arena);
  }

  [[nodiscard]] const AcceptedIssuer* issuer_of(const decode::Value& claims) const {
    const decode::Value* issuer = claims.find("iss");
    if (issuer == nullptr || !issuer->is(decode::Kind::string)) return nullptr;
    for (const AcceptedIssuer& one : issuers_) {
      if (one.rules().issuer == issuer->text()) return &one;
    }
    return nullptr;
  }

  [[nodiscard]] std::optional<Reason> check_signature(const jose::Jws& jws, const AcceptedIssuer& issuer) const {
    const jose::KeySet& keys = issuer.keys();
    jose::VerifiedTokens::Digest digest;
    if (verified_) {
      digest = verified_->digest(jws.compact, keys.version());
      if (verified_->has(digest)) return std::nullopt;
    }
    switch (keys.verify(jws.algorithm, jws.key_id, jws.signing_input, jws.signature)) {
      case jose::KeySet::Match::good:
        if (verified_) verified_->add(digest);
        return std::nullopt;
      case jose::KeySet::Match::unknown_key:
        return Reason{"unknown_key", "the issuer has no such key"};
      case jose::KeySet::Match::bad_signature:
        return Reason{"signature", "the signature is not the issuer's"};
    }
    return Reason{"signature", "the signature was not checked"};
  }

  // The client hears nothing of why: that helps only those who forge.
  static Verdict unauthorized(std::string_view challenge, Reason why) {
    return Deny{{401, "unauthorized", "Valid credentials are needed", {}, "WWW-Authenticate", challenge}, why};
  }
  [[nodiscard]] Verdict insufficient() const {
    return Deny{{403,
                 "insufficient_scope",
                 "The credentials do not allow this",
                 {},
                 "WWW-Authenticate",
                 challenges_.insufficient_scope},
                {"insufficient_scope", "the token lacks a scope that every call needs"}};
  }

  std::vector<AcceptedIssuer> issuers_;
  std::vector<std::string> scopes_;
  Challenges challenges_;
  bool optional_;
  bool forward_;
  std::unique_ptr<jose::VerifiedTokens> verified_;  // a memo that changes no answer; null when off
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  std::vector<AcceptedIssuer> issuers;
  for (std::size_t i = 0; i < config.issuers.size(); ++i) {
    const document::Node* list = section->find("issuers");
    const document::Node& at = list != nullptr && list->is_sequence() ? list->items()[i] : *section;
    const config::Report::Below below(report, "issuers");
    const config::Report::Below one(report, i);
    if (auto issuer = AcceptedIssuer::make(config.issuers[i], at, report)) issuers.push_back(std::move(*issuer));
  }
  std::string realm = config.realm;
  if (realm.empty()) realm = scope.api != nullptr ? scope.api->name : "api";
  return std::make_shared<const Authenticate>(config, std::move(issuers), realm);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self = engine::describe<Config, make>("authenticate", "Finds out who calls, by their tokens.");
  return self;
}

}  // namespace sallyport::controls::authenticate
