// Tokens that say nothing themselves: the authorization server is asked what they are (RFC 7662).
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "controls/authenticate/config.hpp"
#include "controls/authenticate/issuer.hpp"
#include "engine/services.hpp"
#include "identity/introspector.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::authenticate {

class OpaqueTokens {
 public:
  // Null when errors were reported.
  [[nodiscard]] static std::optional<OpaqueTokens> make(const Introspection& config, const document::Node& at,
                                                        engine::Services& services, config::Report& report);

  // `question` is set when the server must be asked first. The rule is "inactive" for a token that it does
  // not know (any more), "introspection" when it could not be asked, "introspection_answer" when it said
  // what nobody can understand; otherwise one of jose::check_claims().
  [[nodiscard]] std::expected<Actor, Reason> judge(std::string_view token, const Context& context,
                                                   std::optional<Lookup>& question) const;

 private:
  jose::TokenRules rules_;
  ClaimNames names_;
  identity::Introspectors::Kept kept_;
  std::uint32_t provider_ = 0;
};

}  // namespace sallyport::controls::authenticate
