#include "controls/authenticate/revoked.hpp"

#include <cmath>

#include "decode/value.hpp"
#include "jose/claims.hpp"

namespace sallyport::controls::authenticate {
namespace {

using Kind = shared::Revocation::Kind;

// Rounded down. A time that cannot be read is none: the token is older than every revocation.
std::optional<std::int64_t> issued_at(const decode::Value* claims) {
  const decode::Value* claim = claims == nullptr ? nullptr : claims->find("iat");
  const auto seconds = claim == nullptr ? std::nullopt : jose::read_time(*claim);
  return seconds ? std::optional(static_cast<std::int64_t>(std::floor(*seconds))) : std::nullopt;
}

}  // namespace

std::optional<Reason> Revoked::judge(const Actor& actor, std::int64_t now_s) const {
  if (list_ == nullptr || !list_->any()) return std::nullopt;
  if (list_->holds(Kind::key, actor.key_id, std::nullopt, now_s)) return Reason{"revoked", "the API key was revoked"};
  if (list_->holds(Kind::token, actor.token_id, std::nullopt, now_s)) return Reason{"revoked", "the token was revoked"};
  if (list_->holds(Kind::subject, actor.subject, issued_at(actor.claims), now_s)) {
    return Reason{"revoked", "the user's tokens of before were revoked"};
  }
  const decode::Value* session = actor.claims == nullptr ? nullptr : actor.claims->find("sid");
  if (session != nullptr && session->is(decode::Kind::string) &&
      list_->holds(Kind::session, session->text(), std::nullopt, now_s)) {
    return Reason{"revoked", "the session was revoked"};
  }
  return std::nullopt;
}

}  // namespace sallyport::controls::authenticate
