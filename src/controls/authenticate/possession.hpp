// Tokens that are bound to a key (RFC 7800 `cnf`) and how they must be sent: with a proof of possession
// (DPoP, RFC 9449), or over a connection with that client certificate (RFC 8705 §3), and never as plain bearers,
// whoever stole them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controls/authenticate/bearer.hpp"
#include "controls/authenticate/config.hpp"
#include "engine/services.hpp"
#include "identity/seen_proofs.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::authenticate {

class Possession {
 public:
  // `services` may be null when the mode is off.
  Possession(const Dpop& config, engine::Services* services);

  // Null when the token may be sent like this, in this call. It must be good in itself. Rules: "bound_token",
  // "certificate_binding", "dpop_missing", "dpop_binding", "dpop_replay", "dpop_full", "dpop_nonce", and those of
  // check_dpop().
  [[nodiscard]] std::optional<Reason> check(const Credential& credential, const Actor& user,
                                            const Context& context) const;

  [[nodiscard]] DpopMode mode() const { return config_.mode; }
  // What a client must put into its next proof, in the arena; empty when nothing is asked for.
  [[nodiscard]] std::string_view nonce(const Context& context) const;

 private:
  Dpop config_;
  identity::SeenProofs* seen_ = nullptr;
};

}  // namespace sallyport::controls::authenticate
