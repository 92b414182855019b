// Signed tokens of the issuers that are accepted: who a token says it is, when everything about it holds.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "controls/authenticate/issuer.hpp"
#include "jose/jws.hpp"
#include "jose/verified_tokens.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::authenticate {

class Tokens {
 public:
  // `remember`: tokens whose signature need not be checked again; 0: none.
  Tokens(std::vector<AcceptedIssuer> issuers, std::size_t remember);

  [[nodiscard]] bool empty() const { return issuers_.empty(); }

  // `newer_keys` is set when the token is refused for a key that is not known, or not yet.
  [[nodiscard]] std::expected<Actor, Reason> judge(std::string_view token, const Context& context,
                                                   std::optional<Lookup>& newer_keys) const;

 private:
  [[nodiscard]] const AcceptedIssuer* issuer_of(const decode::Value& claims) const;
  [[nodiscard]] std::optional<Reason> check_signature(const jose::Jws& jws, const AcceptedIssuer& issuer,
                                                      std::optional<Lookup>& newer_keys) const;

  std::vector<AcceptedIssuer> issuers_;
  std::unique_ptr<jose::VerifiedTokens> verified_;  // a memo that changes no answer; null when off
};

}  // namespace sallyport::controls::authenticate
