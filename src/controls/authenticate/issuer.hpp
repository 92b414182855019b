// An issuer as it is asked for every call: its rules and keys.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controls/authenticate/config.hpp"
#include "jose/claims.hpp"
#include "jose/key_set.hpp"

#include <sallyport/actor.hpp>

namespace sallyport::controls::authenticate {

class AcceptedIssuer {
 public:
  // Reads its keys; warns of keys that cannot be used. Null when errors were reported.
  [[nodiscard]] static std::optional<AcceptedIssuer> make(const Issuer& config, const document::Node& at,
                                                          config::Report& report);

  [[nodiscard]] const jose::TokenRules& rules() const { return rules_; }
  [[nodiscard]] const jose::KeySet& keys() const { return *keys_; }

  // Who the claims say it is; they must have been checked.
  [[nodiscard]] Actor actor(const decode::Value& claims, Arena& arena) const;

 private:
  jose::TokenRules rules_;
  std::shared_ptr<const jose::KeySet> keys_;
  std::vector<std::string> scope_claims_;
  std::vector<std::string> role_claims_;
  std::string tenant_claim_;
};

}  // namespace sallyport::controls::authenticate
