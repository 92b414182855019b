// Snapshot: what the data plane runs by, built off the hot path and swapped as a whole. A call
// keeps the snapshot that it began with.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/services.hpp"
#include "http/head.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::gateway {

struct SslContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextFree>;

// One address behind an API. Its `key` names the connection pool: equal keys share connections,
// also across reloads.
struct Target {
  std::string key;           // "https://orders.internal:443 via 10.0.0.7"
  std::string address_text;  // "10.0.0.7:443", for events
  boost::asio::ip::tcp::endpoint endpoint;
  std::string tls_name;          // verified name; empty: no TLS
  std::shared_ptr<SSL_CTX> tls;  // set with tls_name
  bool http2 = false;            // by ALPN with TLS, by prior knowledge without
};

class WebSocketRules;  // websocket_rules.hpp

struct Upstream {
  std::vector<Target> targets;  // used in turn
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000};  // between two signs of life of the upstream
  std::uint64_t max_request_body = 1u << 20;
  bool preserve_host = true;                        // send the client's Host; otherwise the target's
  std::string host;                                 // Host to send when not preserved
  std::shared_ptr<const WebSocketRules> websocket;  // null: no call becomes one
};

struct Timeouts {
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds head{10'000};
  std::chrono::milliseconds body{60'000};
  std::chrono::milliseconds keep_alive{75'000};
  std::chrono::milliseconds write{30'000};
};

struct Listener {
  std::string name;  // "0.0.0.0:8443": identity across reloads
  boost::asio::ip::tcp::endpoint endpoint;
  std::shared_ptr<SSL_CTX> tls;  // null: cleartext, by explicit configuration only
  bool h2c = false;              // HTTP/2 without TLS, by prior knowledge
  http::HeadLimits head;
  Timeouts timeouts;
  std::uint32_t max_connections = 10'000;  // of all cores together
  std::uint32_t max_requests = 1'000;      // of one connection
  std::uint32_t min_body_rate = 500;       // bytes a second after the first five seconds
};

struct RedisSettings;  // redis_settings.hpp

struct Snapshot {
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const RedisSettings> redis;  // null: counters are this node's own
  std::shared_ptr<engine::Services> services;  // who answers what controls need
  std::vector<Upstream> upstreams;             // by Api::index
  std::vector<Listener> listeners;
};

}  // namespace sallyport::gateway
