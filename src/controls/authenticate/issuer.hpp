// An issuer as it is asked for every call: its rules and keys.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controls/authenticate/config.hpp"
#include "engine/services.hpp"
#include "identity/key_sources.hpp"
#include "jose/claims.hpp"
#include "jose/key_set.hpp"

#include <sallyport/actor.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::controls::authenticate {

// Which claims hold what an actor has besides its name.
struct ClaimNames {
  std::vector<std::string> scopes;
  std::vector<std::string> roles;
  std::string tenant;
};

// Who claims of that issuer say it is; they must have been checked.
[[nodiscard]] Actor actor_of(const decode::Value& claims, std::string_view issuer, const ClaimNames& names,
                             Arena& arena);

class AcceptedIssuer {
 public:
  // Reads its keys, or finds who fetches them; warns of keys that cannot be used. Null when errors were
  // reported.
  [[nodiscard]] static std::optional<AcceptedIssuer> make(const Issuer& config, const document::Node& at,
                                                          engine::Services* services, config::Report& report);

  [[nodiscard]] const jose::TokenRules& rules() const { return rules_; }

  // The keys as they are now; they stay while this lives.
  class Keys {
   public:
    // Null when none were fetched yet.
    [[nodiscard]] const jose::KeySet* get() const { return set_; }

   private:
    friend class AcceptedIssuer;
    std::shared_ptr<const jose::KeySet> held_;  // of those that may be replaced
    const jose::KeySet* set_ = nullptr;
  };
  [[nodiscard]] Keys keys() const;
  // What to ask for newer keys; null when they do not change.
  [[nodiscard]] std::optional<Lookup> newer_keys() const;

  [[nodiscard]] Actor actor(const decode::Value& claims, Arena& arena) const {
    return actor_of(claims, rules_.issuer, names_, arena);
  }

 private:
  jose::TokenRules rules_;
  std::shared_ptr<const jose::KeySet> keys_;  // null when they are fetched:
  identity::KeySources::Kept fetched_;
  std::uint32_t provider_ = 0;
  ClaimNames names_;
};

}  // namespace sallyport::controls::authenticate
