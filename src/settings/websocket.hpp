// The section `websocket` of an API: where WebSockets may be opened, by whom, and what they may do.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::settings {

struct WebSocket {
  std::vector<std::string> paths;
  std::vector<std::string> origins;
  std::vector<std::string> subprotocols;
  config::Size max_message{64u << 10};
  std::uint32_t messages_per_second = 100;
  config::Duration idle = std::chrono::minutes(2);
};

const config::Table<WebSocket>& config_table(const WebSocket*);

}  // namespace sallyport::settings
