#include "controls/authenticate/possession.hpp"

#include <algorithm>

#include "decode/value.hpp"
#include "identity/dpop.hpp"

#include <sallyport/certificate.hpp>

namespace sallyport::controls::authenticate {
namespace {

using decode::Kind;
using decode::Value;

constexpr std::string_view proof_field = "DPoP";

// What a token is bound to.
struct Binding {
  bool malformed = false;
  std::optional<std::string_view> certificate = {};  // x5t#S256, RFC 8705 §3.1
  std::optional<std::string_view> key = {};          // jkt, RFC 9449 §6.1
};

Binding binding_of(const Actor& user) {
  const Value* confirmation = user.claims != nullptr ? user.claims->find("cnf") : nullptr;
  if (confirmation == nullptr) return {};
  if (!confirmation->is(Kind::object)) return {.malformed = true};
  Binding binding;
  if (const Value* certificate = confirmation->find("x5t#S256")) {
    if (!certificate->is(Kind::string)) return {.malformed = true};
    binding.certificate = certificate->text();
  }
  if (const Value* key = confirmation->find("jkt")) {
    if (!key->is(Kind::string)) return {.malformed = true};
    binding.key = key->text();
  }
  return binding;
}

// The one field that holds the proof (RFC 9449 §4.3, 1); null also when there are more.
const Field* only_proof(const Request& request) {
  const Field* found = nullptr;
  for (const Field& field : request.fields.all()) {
    if (field.removed || !same_name(field.name, proof_field)) continue;
    if (found != nullptr) return nullptr;
    found = &field;
  }
  return found;
}

}  // namespace

Possession::Possession(const Dpop& config, engine::Services* services) : config_(config) {
  if (config_.mode != DpopMode::off) seen_ = &services->part<identity::SeenProofs>();
}

std::optional<Reason> Possession::check(const Credential& credential, const Actor& user, const Context& context) const {
  const Binding binding = binding_of(user);
  if (binding.malformed) return Reason{"bound_token", "cnf is not what it must be"};
  if (binding.certificate) {
    const ClientCertificate* shown = context.connection().certificate;
    if (shown == nullptr) return Reason{"bound_token", "the token is bound to a certificate, which the call has not"};
    if (shown->thumbprint != *binding.certificate) {
      return Reason{"certificate_binding", "the token is bound to another certificate"};
    }
  }
  if (credential.scheme == Credential::Scheme::bearer) {
    if (binding.key) return Reason{"bound_token", "the token is bound to a key and came as a plain bearer"};
    if (config_.mode == DpopMode::strict) return Reason{"dpop_missing", "the token came without a proof"};
    return std::nullopt;
  }
  if (config_.mode == DpopMode::off) return Reason{"scheme", "proofs of possession are not taken"};
  const Field* field = only_proof(context.request());
  if (field == nullptr) return Reason{"dpop_missing", "the call has not exactly one proof"};

  const Request& request = context.request();
  const identity::DpopCall call{.method = request.method_token,
                                .https = request.https,
                                .host = request.host,
                                .port = request.port,
                                .path = request.path,
                                .token = credential.token};
  const identity::DpopRules rules{.max_age = std::chrono::duration_cast<std::chrono::seconds>(config_.max_age).count(),
                                  .ahead = 5};
  const auto proof = identity::check_dpop(field->value, call, rules, context.now(), context.arena());
  if (!proof) return proof.error();
  if (!binding.key || *binding.key != proof->key) return Reason{"dpop_binding", "the token is not bound to that key"};
  if (config_.nonce && (!proof->nonce || !seen_->is_nonce(*proof->nonce, context.now()))) {
    return Reason{"dpop_nonce", "the proof does not name our nonce"};
  }
  // Last of all: what is refused otherwise takes no room.
  switch (seen_->add(proof->key, proof->id, context.now(), rules.max_age + rules.ahead)) {
    case identity::SeenProofs::Seen::first:
      return std::nullopt;
    case identity::SeenProofs::Seen::again:
      return Reason{"dpop_replay", "the proof came before"};
    case identity::SeenProofs::Seen::no_room:
      return Reason{"dpop_full", "too many proofs came to remember this one"};
  }
  return Reason{"dpop_full", "the proof was not looked up"};
}

std::string_view Possession::nonce(const Context& context) const {
  return config_.nonce && seen_ != nullptr ? context.arena().copy(seen_->nonce(context.now())) : std::string_view();
}

}  // namespace sallyport::controls::authenticate
