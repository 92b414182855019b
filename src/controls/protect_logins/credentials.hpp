// Credentials: the account that a call wants to be, and with what password, as far as they can be read. Nothing here
// is kept: who counts keeps keyed hashes.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "controls/protect_logins/config.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::protect_logins {

struct Credentials {
  // A body with more names than these could hide the one that counts.
  static constexpr std::size_t max_accounts = 3;
  std::array<std::string_view, max_accounts> accounts{};  // as normalise() leaves them; each once
  std::size_t count = 0;
  std::string_view password;  // empty: none was found
};

// Trimmed, and in lower case as far as it is ASCII: names that APIs take for one another are one here.
[[nodiscard]] std::string_view normalise(std::string_view account, Arena& arena);

// From the body (JSON, form, multipart, XML) or, without one, from Basic credentials
// (RFC 7617). `client_id` is an account where the grant is `client_credentials`: other grants are of users. Views live
// in the call's arena.
//
// What could name an account and cannot be read is refused, with the reason's rule: "body" (malformed), "media_type"
// (of a type that nothing here reads), "account_form" (no text), "account_unclear" (too many different ones). No
// account at all is no error: the source is counted still.
[[nodiscard]] std::expected<Credentials, Reason> read_credentials(const Context& context, const LoginOperation& rule);

// `password`, `passwd`, `new_password`, `pin` …
[[nodiscard]] bool is_password_name(std::string_view name);

}  // namespace sallyport::controls::protect_logins
