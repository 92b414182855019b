#include "settings/websocket.hpp"

#include <algorithm>

#include "controls/access/path_pattern.hpp"
#include "http/characters.hpp"

namespace sallyport::settings {
namespace {

// As browsers write it (RFC 6454 §6.2): scheme, host in lower case, a port unless it is the usual one.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const std::string_view rest = text.substr(scheme + 3);
  return !rest.empty() && rest.find_first_of("/?#@*, ") == std::string_view::npos &&
         std::ranges::none_of(text, [](char c) { return c <= ' ' || is_upper(c) || c > '~'; });
}

void check_websocket(const WebSocket& websocket, config::Report& report, const document::Node& at) {
  if (websocket.paths.empty()) report.error(at, "no `paths`: there is nowhere to open a WebSocket");
  for (const std::string& path : websocket.paths) {
    if (const auto pattern = controls::access::PathPattern::compile(path); !pattern) {
      report.error(at, "`" + path + "`: " + pattern.error().message, pattern.error().hint);
    }
  }
  for (const std::string& origin : websocket.origins) {
    if (origin != "*" && !is_origin(origin)) {
      report.error(at, "`" + origin + "` is no origin", "scheme and host in lower case: https://app.example.com");
    }
    if (origin == "*") report.warning(at, "pages of any origin may open WebSockets in the name of their visitors");
  }
  for (const std::string& name : websocket.subprotocols) {
    if (name.empty() || !http::all(name, http::character::tchar)) {
      report.error(at, "`" + name + "` is no name of a subprotocol");
    }
  }
}

}  // namespace

const config::Table<WebSocket>& config_table(const WebSocket*) {
  static const auto table =
      config::Table<WebSocket>("websocket", "Where WebSockets (RFC 6455) may be opened, and what they may do.")
          .field("paths", &WebSocket::paths,
                 {.doc = "Paths of the API, with its base path: `*` is one segment, `**` at the end is this path and "
                         "everything below. Elsewhere nothing is upgraded.",
                  .required = true,
                  .example = "/rooms/*/live",
                  .one_or_many = true})
          .field("origins", &WebSocket::origins,
                 {.doc = "Pages that may open them besides those of the API's own origin; `*` is any. Clients that "
                         "are no browsers send no Origin and need not be named.",
                  .example = "https://app.example.com",
                  .one_or_many = true})
          .field("subprotocols", &WebSocket::subprotocols,
                 {.doc = "When given, a client must offer one of these, and the API is offered no other.",
                  .example = "chat.v2",
                  .one_or_many = true})
          .field("max_message", &WebSocket::max_message,
                 {.doc = "Longest message of a client; a longer one ends the WebSocket with 1009.",
                  .min = "1B",
                  .max = "1GiB"})
          .field("messages_per_second", &WebSocket::messages_per_second,
                 {.doc = "Messages and control frames of a client, a second's worth at once; more end the WebSocket "
                         "with 1008. A fragment of less than 1 KiB that is not the last counts as well.",
                  .min = "1",
                  .max = "1000000"})
          .field("idle", &WebSocket::idle,
                 {.doc = "Without a byte from either side it is ended with 1001.", .min = "1s", .max = "24h"})
          .check(check_websocket);
  return table;
}

}  // namespace sallyport::settings
