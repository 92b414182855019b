// application/x-www-form-urlencoded, as OAuth 2.0 sends it (RFC 6749 Appendix B).
#pragma once

#include <string>
#include <string_view>

namespace sallyport::fetch {

// Letters, digits and "-._~" as they are, all other bytes as %XX. RFC 6749 §2.3.1 asks for the same of what
// Basic authentication of a client holds.
void append_form(std::string& out, std::string_view text);

// "Basic …" of a client.
[[nodiscard]] std::string client_authorization(std::string_view id, std::string_view secret);

}  // namespace sallyport::fetch
