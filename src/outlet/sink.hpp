// Sink: where messages go. A sink answers when they are taken: by the file system, by the peer's system for
// syslog (which has no acknowledgement of its own), by a 2xx for a webhook. After an error all of the batch are sent
// again: at least once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <sallyport/result.hpp>

#include "outlet/stream.hpp"

namespace sallyport::outlet {

struct Message {
  std::string text;  // one line
  std::int64_t time_us = 0;
  unsigned severity = 0;  // severity_of()
};

class Sink {
 public:
  virtual ~Sink() = default;
  // `batch` names it, the same when it is sent again.
  [[nodiscard]] virtual Result<void> send(std::span<const Message> messages, const std::string& batch) = 0;
};

// Lines appended to a file of mode 0600; it may be moved away (logrotate): the next batch makes a new one.
[[nodiscard]] std::unique_ptr<Sink> file_sink(const std::string& path);

// RFC 5424 over TCP or TLS (RFC 5425), octet-counted (RFC 6587 §3.4.1); facility local0.
[[nodiscard]] std::unique_ptr<Sink> syslog_sink(const Peer& peer);
// One message of RFC 5424 with its length before it. `host` without spaces.
[[nodiscard]] std::string syslog_frame(const Message& message, std::string_view host);

// POST of application/x-ndjson. With a secret:
//   Sallyport-Signature: t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>", hexadecimal>
//   Sallyport-Delivery: <batch>
[[nodiscard]] std::unique_ptr<Sink> webhook_sink(const Peer& peer, const std::string& path, const std::string& secret);
[[nodiscard]] std::string webhook_signature(const std::string& secret, std::int64_t time_s, std::string_view body);

}  // namespace sallyport::outlet
