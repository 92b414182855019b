// authenticate: who calls. Contract in README.md.
#include <algorithm>

#include "controls/authenticate/app_keys.hpp"
#include "controls/authenticate/bearer.hpp"
#include "controls/authenticate/config.hpp"
#include "controls/authenticate/opaque_tokens.hpp"
#include "controls/authenticate/possession.hpp"
#include "controls/authenticate/revoked.hpp"
#include "controls/authenticate/services.hpp"
#include "controls/authenticate/tokens.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::authenticate {
namespace {

class Authenticate final : public Control {
 public:
  Authenticate(const Config& config, std::vector<AcceptedIssuer> issuers, std::optional<OpaqueTokens> opaque,
               std::optional<AppKeys> keys, Services known, engine::Services* services, std::string_view realm)
      : tokens_(std::move(issuers), config.remember),
        opaque_(std::move(opaque)),
        keys_(std::move(keys)),
        services_(std::move(known)),
        needs_(config.needs),
        scopes_(config.scopes),
        possession_(config.dpop, services),
        revoked_(services),
        challenges_(realm, config.scopes, scheme_of(config)),
        proof_challenges_(realm, config.scopes, "DPoP"),
        optional_(config.optional),
        forward_(config.forward_credentials) {}

  // Without issuers, keys and services nobody is asked, and nothing is spent.
  [[nodiscard]] Phases phases() const override {
    return !takes_tokens() && !keys_ && services_.empty() ? Phases{} : Phases{Phase::request_head};
  }

  Verdict on_request_head(const Context& context) const override {
    const Fields& fields = context.request().fields;
    const Field* token = !takes_tokens() ? nullptr : fields.find(FieldName::authorization);
    const Field* key = keys_ ? fields.find(keys_->header()) : nullptr;
    const ClientCertificate* shown = context.connection().certificate;
    const std::optional<Actor> service = services_.find(shown);
    if (token == nullptr && key == nullptr && !service && optional_) return Pass{};
    if (auto missing = what_is_missing(token != nullptr, key != nullptr, service.has_value())) {
      if (shown != nullptr && !service && !services_.empty()) {
        missing = Reason{"certificate_unknown", "the client's certificate is that of no service here"};
      }
      return unauthorized(challenges_.no_credentials, *missing);
    }

    std::optional<App> app;
    if (key != nullptr) {
      if (keys_->is_doubled(context.request())) return refused({"key_form", "the call has two API keys"});
      const auto judged = keys_->judge(key->value, context);
      if (!judged) return refused(judged.error());
      app = *judged;
    }
    Actor actor = app ? actor_of(*app) : service.value_or(Actor{});
    if (token != nullptr) {
      const auto user = user_of(token->value, context);
      if (!user) return user.error();
      if (app && !belong_together(*app, *user)) {
        return refused({"pair", "the API key and the token do not belong together"});
      }
      actor = app ? actor_of(*app, *user, context.arena()) : *user;
      if (actor.client.empty() && service) actor.client = service->client;
    } else if (app && app->needs_user()) {
      return refused({"pair", "the API key is bound to a user, whose token is missing"});
    }
    if (const auto why = revoked_.judge(actor, context.now())) return refused(*why);
    context.set_actor(actor);
    for (const std::string& scope : scopes_) {
      if (std::ranges::find(actor.scopes, scope) == actor.scopes.end()) return insufficient();
    }
    return forward_ ? Verdict(Pass{}) : without(token, key, context.arena());
  }

 private:
  // Who the token says it is; or the verdict that ends the call, or makes it wait.
  [[nodiscard]] std::expected<Actor, Verdict> user_of(std::string_view authorization, const Context& context) const {
    const auto credential = read_credential(authorization);
    if (!credential) return std::unexpected(refused({"scheme", "the credentials are no token"}));
    std::optional<Lookup> question;
    const bool opaque = opaque_ && (tokens_.empty() || std::ranges::count(credential->token, '.') != 2);
    const auto user = opaque ? opaque_->judge(credential->token, context, question)
                             : tokens_.judge(credential->token, context, question);
    // A key that we do not know may have come to be a moment ago: asked for once a call, as is the server
    // that knows the token.
    if (question && context.answer() == nullptr) return std::unexpected(Need{*question});
    if (!user && user.error().rule == "introspection") return std::unexpected(unavailable(user.error()));
    const bool by_proof = credential->scheme == Credential::Scheme::dpop && possession_.mode() != DpopMode::off;
    if (!user) {
      return std::unexpected(by_proof ? unauthorized(proof_challenges_.invalid_token, user.error())
                                      : refused(user.error()));
    }
    if (const auto wrong = possession_.check(*credential, *user, context)) {
      return std::unexpected(by_proof ? bad_proof(*wrong, context) : refused(*wrong));
    }
    return *user;
  }

  // Not the client's fault: the token may be good.
  static Verdict unavailable(Reason why) {
    return Deny{{503, "unavailable", "The credentials cannot be checked now", {}, "Retry-After", "5"}, why};
  }

  [[nodiscard]] bool takes_tokens() const { return !tokens_.empty() || opaque_; }

  [[nodiscard]] Verdict bad_proof(Reason why, const Context& context) const {
    const std::string_view nonce = possession_.nonce(context);
    const bool only_nonce = why.rule == "dpop_nonce";
    Verdict verdict = unauthorized(only_nonce ? proof_challenges_.use_nonce : proof_challenges_.invalid_proof, why);
    if (nonce.empty()) return verdict;
    const auto fields = context.arena().array<Edit>(1);
    fields[0] = {Edit::Kind::add, 0, "DPoP-Nonce", nonce};
    std::get<Deny>(verdict).problem.fields = fields;
    return verdict;
  }

  [[nodiscard]] std::optional<Reason> what_is_missing(bool token, bool key, bool service) const {
    switch (needs_) {
      case Needs::token_or_key:
        if (token || key || service) return std::nullopt;
        break;
      case Needs::token:
        if (token) return std::nullopt;
        break;
      case Needs::key:
        if (key) return std::nullopt;
        break;
      case Needs::token_and_key:
        if (token && key) return std::nullopt;
        if (token) return Reason{"no_credentials", "the call has a token, and no API key"};
        if (key) return Reason{"no_credentials", "the call has an API key, and no token"};
        break;
      case Needs::certificate:
        if (service) return std::nullopt;
        return Reason{"no_credentials", "the call comes without a client certificate"};
      case Needs::token_and_certificate:
        if (token && service) return std::nullopt;
        if (token) return Reason{"no_credentials", "the call has a token, and comes without a client certificate"};
        break;
    }
    return Reason{"no_credentials", "the call has no credentials, or not those that are needed"};
  }

  static const char* scheme_of(const Config& config) {
    if (config.issuers.empty() && !config.introspection) return config.api_keys ? "ApiKey" : "ClientCertificate";
    return config.dpop.mode == DpopMode::strict ? "DPoP" : "Bearer";
  }

  // What was ours goes no further.
  static Verdict without(const Field* token, const Field* key, Arena& arena) {
    const auto edits = arena.array<Edit>(3);
    std::size_t count = 0;
    if (token != nullptr) edits[count++] = {Edit::Kind::remove, 0, "DPoP", {}};
    for (const Field* field : {token, key}) {
      if (field != nullptr) edits[count++] = {Edit::Kind::remove, 0, field->name, {}};
    }
    return Rewrite{edits.first(count), nullptr, {}};
  }

  [[nodiscard]] Verdict refused(Reason why) const { return unauthorized(challenges_.invalid_token, why); }
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
                {"insufficient_scope", "the credentials lack a scope that every call needs"}};
  }

  Tokens tokens_;
  std::optional<OpaqueTokens> opaque_;
  std::optional<AppKeys> keys_;
  Services services_;
  Needs needs_;
  std::vector<std::string> scopes_;
  Possession possession_;
  Revoked revoked_;
  Challenges challenges_;
  Challenges proof_challenges_;
  bool optional_;
  bool forward_;
};

// A revocation must not be forgotten before what it is about ends.
void note_lifetimes(const Config& config, shared::Revocations& revocations) {
  for (const Issuer& issuer : config.issuers) {
    const auto longest = issuer.max_lifetime ? *issuer.max_lifetime + issuer.leeway : config::Duration{};
    revocations.tokens_live(std::chrono::duration_cast<std::chrono::seconds>(longest).count());
  }
  if (config.introspection || config.api_keys) revocations.tokens_live(0);
}

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  std::vector<AcceptedIssuer> issuers;
  for (std::size_t i = 0; i < config.issuers.size(); ++i) {
    const document::Node* list = section->find("issuers");
    const document::Node& at = list != nullptr && list->is_sequence() ? list->items()[i] : *section;
    const config::Report::Below below(report, "issuers");
    const config::Report::Below one(report, i);
    if (auto issuer = AcceptedIssuer::make(config.issuers[i], at, scope.services, report)) {
      issuers.push_back(std::move(*issuer));
    }
  }
  if (scope.services != nullptr) note_lifetimes(config, scope.services->part<shared::Revocations>());
  std::optional<OpaqueTokens> opaque;
  if (config.introspection) {
    const config::Report::Below below(report, "introspection");
    opaque = OpaqueTokens::make(*config.introspection, *section->find("introspection"), *scope.services, report);
    if (!opaque) return nullptr;
  }
  std::optional<AppKeys> keys;
  if (config.api_keys) {
    const config::Report::Below below(report, "api_keys");
    keys = AppKeys::make(*config.api_keys, *section->find("api_keys"), *scope.services, report);
    if (!keys) return nullptr;
  }
  std::optional<Services> known;
  {
    const config::Report::Below below(report, "services");
    known = Services::make(config.services, report);
    if (!known) return nullptr;
  }
  std::string realm = config.realm;
  if (realm.empty()) realm = scope.api != nullptr ? scope.api->name : "api";
  return std::make_shared<const Authenticate>(config, std::move(issuers), std::move(opaque), std::move(keys),
                                              std::move(*known), scope.services, realm);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self = engine::describe<Config, make>(
      "authenticate", "Finds out who calls, by their tokens, API keys and client certificates.");
  return self;
}

}  // namespace sallyport::controls::authenticate
