// HTTP Archives (HAR 1.2), as browsers, proxies and test tools write them.
//
// Taken: request method, url, httpVersion, headers, postData.text; response status, headers,
// content.text. Bodies in base64 say so (`encoding`). Calls over HTTP/2 and 3 are judged as the
// HTTP/1.1 that the gateway would get: pseudo-fields are left out, `:authority` becomes Host.
// A url that is not http(s) (a WebSocket, data:) is no call for the gateway: it is unjudgeable.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "document/node.hpp"
#include "replay/call.hpp"

#include <sallyport/result.hpp>

namespace sallyport::replay {

inline constexpr document::Limits har_limits{.bytes = 128u << 20, .nodes = 4'000'000, .depth = 64, .scalar = 32u << 20};

struct HarOptions {
  std::optional<Address> client;  // an archive does not say who called
  std::string host;               // judge calls as if sent to this host; empty: to their own
};

// `second` is the same call from another address, when none is given; otherwise null.
using HarCall = std::function<void(const Call& first, const Call* second)>;

// Gives each entry to `found` or, with its place, to `bad`. An error when it is no archive.
[[nodiscard]] Result<void> read_har(const document::Node& root, const HarOptions& options, const HarCall& found,
                                    const std::function<void(const Error&)>& bad);

// "2026-11-24T00:00:00.123+01:00" or with Z, the fraction as long as it likes: microseconds since
// 1970. Null when it is none.
[[nodiscard]] std::optional<std::int64_t> parse_har_time(std::string_view text);

}  // namespace sallyport::replay
