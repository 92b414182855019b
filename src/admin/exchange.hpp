// One request to the admin listener and its answer, apart from any socket.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sallyport/message.hpp>

namespace sallyport::admin {

// Views are valid until the answer is made. An absent field is empty.
struct Ask {
  std::string_view method, path, query;  // path as received, without its query
  std::string_view host, origin, fetch_site, cookie;
  std::string_view mark;  // X-Sallyport-Request
  std::string_view body;
  Address peer;
};

struct Answer {
  unsigned status = 200;
  std::string_view media_type;  // static; empty: there is no body
  std::string body;
  std::string_view cache = "no-store";
  std::vector<std::pair<std::string_view, std::string>> fields;  // further ones; names are static
};

// RFC 9457, as the dashboard reads it.
[[nodiscard]] Answer problem(unsigned status, std::string_view title, std::string_view detail);
[[nodiscard]] Answer json(std::string body);

// What every answer carries.
inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace sallyport::admin
