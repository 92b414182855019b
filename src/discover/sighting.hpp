// Sighting: one call as some record tells of it. What the record does not say is empty.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace sallyport::discover {

// Views live until the function that it is given to returns.
struct Sighting {
  std::string_view method;        // "GET"
  std::string_view path;          // canonical (http/path.hpp)
  std::string_view query;         // after '?', as recorded
  std::uint16_t status = 0;       // 0: not recorded
  std::string_view request_type;  // media type, with its parameters
  std::string_view response_type;
  std::string_view request_body;
  std::string_view response_body;
  // Our own event log says more.
  std::int64_t time_us = 0;    // microseconds since 1970
  std::string_view api;        // that the call was of
  std::string_view operation;  // its label, "GET /orders/{orderId}"
  std::string_view caller;     // subject, application, key, fingerprint of the credential, or address: the first known
  bool refused = false;        // by a control that is no limit
};

using Sink = std::function<void(const Sighting&)>;

}  // namespace sallyport::discover
