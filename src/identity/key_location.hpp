// Where an issuer publishes its keys, and the fetching of them: a JWK Set at a URL, or what the issuer's
// discovery document names (OpenID Connect Discovery 1.0 §4).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fetch/client.hpp"
#include "jose/key_set.hpp"

#include <sallyport/result.hpp>

namespace sallyport::identity {

struct KeyLocation {
  std::string issuer = {};
  std::string url = {};                 // of the set; empty: by discovery
  std::vector<std::string> hosts = {};  // discovery may name them besides the issuer's own origin
  std::string ca = {};                  // PEM file; the system's store when empty
  bool private_network = false;         // names may lead to private addresses
  std::chrono::milliseconds interval{std::chrono::minutes(5)};
  std::chrono::milliseconds rest{std::chrono::seconds(30)};

  friend bool operator==(const KeyLocation&, const KeyLocation&) = default;
  // Null, or why nothing can be fetched from there.
  [[nodiscard]] std::optional<Error> problem() const;
};

// Two calls at most. The set has at least one key that can be used, and no secret: what can be read by
// everybody at a URL verifies nothing.
[[nodiscard]] Result<jose::KeySet> fetch_keys(const KeyLocation& location, const fetch::Client& client,
                                              const fetch::Interrupt& interrupt);

// `jwks_uri` of a discovery document of this issuer, when it may be called.
[[nodiscard]] Result<fetch::Url> keys_named_by(std::string_view document, const KeyLocation& location);

}  // namespace sallyport::identity
