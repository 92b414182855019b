#include "controls/authenticate/tokens.hpp"

#include "jose/claims.hpp"

namespace sallyport::controls::authenticate {

Tokens::Tokens(std::vector<AcceptedIssuer> issuers, std::size_t remember) : issuers_(std::move(issuers)) {
  if (remember != 0) verified_ = std::make_unique<jose::VerifiedTokens>(remember);
}

std::expected<Actor, Reason> Tokens::judge(std::string_view token, const Context& context,
                                           std::optional<Lookup>& newer_keys) const {
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
  if (const auto wrong = check_signature(*jws, *issuer, newer_keys)) return std::unexpected(*wrong);
  return issuer->actor(**claims, arena);
}

const AcceptedIssuer* Tokens::issuer_of(const decode::Value& claims) const {
  const decode::Value* issuer = claims.find("iss");
  if (issuer == nullptr || !issuer->is(decode::Kind::string)) return nullptr;
  for (const AcceptedIssuer& one : issuers_) {
    if (one.rules().issuer == issuer->text()) return &one;
  }
  return nullptr;
}

std::optional<Reason> Tokens::check_signature(const jose::Jws& jws, const AcceptedIssuer& issuer,
                                              std::optional<Lookup>& newer_keys) const {
  const AcceptedIssuer::Keys held = issuer.keys();
  if (held.get() == nullptr) {
    newer_keys = issuer.newer_keys();
    return Reason{"unknown_key", "the issuer's keys were not fetched yet"};
  }
  const jose::KeySet& keys = *held.get();
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
      newer_keys = issuer.newer_keys();
      return Reason{"unknown_key", "the issuer has no such key"};
    case jose::KeySet::Match::bad_signature:
      if (!jws.key_id) newer_keys = issuer.newer_keys();  // any key may have made it, also one to come
      return Reason{"signature", "the signature is not the issuer's"};
  }
  return Reason{"signature", "the signature was not checked"};
}

}  // namespace sallyport::controls::authenticate
