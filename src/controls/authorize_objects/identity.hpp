// What of a caller owns objects: "subject", "tenant", "client", or "claim:NAME" of its token.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sallyport/actor.hpp>

namespace sallyport::controls::authorize_objects {

class Identity {
 public:
  [[nodiscard]] static std::optional<Identity> parse(std::string_view text);
  // Empty when it is not known of this caller: then nothing is its own.
  [[nodiscard]] std::string_view of(const Actor& actor) const;

 private:
  enum class Kind : std::uint8_t { subject, tenant, client, claim } kind_ = Kind::subject;
  std::string claim_;
};

}  // namespace sallyport::controls::authorize_objects
