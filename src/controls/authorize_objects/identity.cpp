#include "controls/authorize_objects/identity.hpp"

#include "jose/claims.hpp"

namespace sallyport::controls::authorize_objects {

std::optional<Identity> Identity::parse(std::string_view text) {
  constexpr std::string_view claim = "claim:";
  Identity made;
  if (text == "subject") return made;
  if (text == "tenant") {
    made.kind_ = Kind::tenant;
  } else if (text == "client") {
    made.kind_ = Kind::client;
  } else if (text.starts_with(claim) && text.size() > claim.size()) {
    made.kind_ = Kind::claim;
    made.claim_ = text.substr(claim.size());
  } else {
    return std::nullopt;
  }
  return made;
}

std::string_view Identity::of(const Actor& actor) const {
  switch (kind_) {
    case Kind::subject:
      return actor.subject;
    case Kind::tenant:
      return actor.tenant;
    case Kind::client:
      return actor.client;
    case Kind::claim: {
      const decode::Value* found = actor.claims == nullptr ? nullptr : jose::find_claim(*actor.claims, claim_);
      const bool text = found != nullptr && (found->is(decode::Kind::string) || found->is(decode::Kind::number));
      return text ? found->text() : std::string_view();
    }
  }
  return {};
}

}  // namespace sallyport::controls::authorize_objects
