// Credentials that were good and are revoked: asked for every call, whatever is remembered of a token.
#pragma once

#include <optional>

#include "engine/services.hpp"
#include "shared/revocations.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::authenticate {

class Revoked {
 public:
  // Null services: of tests that compile a control without a program; nothing is revoked then.
  explicit Revoked(engine::Services* services)
      : list_(services != nullptr ? &services->part<shared::Revocations>() : nullptr) {}

  // By `jti`, user, session (`sid`) or key: the reason, or nothing. Rule "revoked".
  [[nodiscard]] std::optional<Reason> judge(const Actor& actor, std::int64_t now_s) const;

 private:
  shared::Revocations* list_;
};

}  // namespace sallyport::controls::authenticate
