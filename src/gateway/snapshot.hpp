// Snapshot: what the data plane runs by, built off the hot path and swapped as a whole. A call
// keeps the snapshot that it began with.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balance/group.hpp"
#include "config/cidr.hpp"
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
  std::string host;          // Host to send when the client's is not preserved
  std::string zone;
  boost::asio::ip::tcp::endpoint endpoint;
  std::string tls_name;          // verified name; empty: no TLS
  std::shared_ptr<SSL_CTX> tls;  // set with tls_name
  bool http2 = false;            // by ALPN with TLS, by prior knowledge without
  std::shared_ptr<balance::TargetState> state;
};

// A server of the configuration: each of its addresses is a target.
struct TargetSource {
  std::string server;  // "orders.internal:8443"
  std::string name;    // to be looked up again and again; empty: the configuration names an address
  std::uint16_t port = 0;
  bool https = false;
  std::uint32_t weight = 1;
  std::string zone;
  std::vector<boost::asio::ip::tcp::endpoint> addresses;
};

struct HashBy {
  enum class What : std::uint8_t { client, header, cookie };
  What what = What::client;
  std::string name;
};

struct HealthRules {
  std::string path;
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds timeout{2'000};
  std::uint32_t healthy = 2;    // good checks in a row
  std::uint32_t unhealthy = 3;  // bad ones
  std::uint32_t expect = 0;     // status; 0: 200 to 399
};

struct Upstream;

// A part of the calls goes to other targets.
struct Canary {
  std::shared_ptr<const Upstream> upstream;
  std::uint32_t share = 0;  // percent
  std::string header;       // a call that brings it goes there; with `value` not empty, that value
  std::string value;
};

// Copies of calls go to a shadow.
struct Mirror {
  Target target;
  std::uint32_t share = 100;  // percent
  std::uint64_t max_body = 64u << 10;
};

class WebSocketRules;  // websocket_rules.hpp

struct Upstream {
  std::string name;             // of the API; of its canary with " canary" behind it
  std::vector<Target> targets;  // made of `sources` by place_targets()
  std::vector<TargetSource> sources;
  std::shared_ptr<balance::Group> group;  // of the targets, in their order; null: there is one, and it is always asked
  balance::GroupRules rules;
  std::string zone;  // the gateway's own
  HashBy hash_by;
  std::uint32_t attempts = 2;             // further targets for one call
  std::uint32_t waiting = 100;            // calls of a core that may wait for a place
  std::chrono::milliseconds wait{1'000};  // for one
  std::optional<HealthRules> health;
  std::optional<Canary> canary;
  std::shared_ptr<const Mirror> mirror;
  std::chrono::milliseconds resolve{30'000};  // between two look-ups of the names
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000};  // between two signs of life of the upstream
  std::uint64_t max_request_body = 1u << 20;
  bool preserve_host = true;  // send the client's Host; otherwise the target's
  bool http2 = false;
  bool grpc_web = false;         // it is translated to gRPC
  std::shared_ptr<SSL_CTX> tls;  // for sources with https
  std::string ca;
  std::string shown;                                // thumbprint of the certificate that targets are shown, or empty
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
  std::shared_ptr<SSL_CTX> tls;               // null: cleartext, by explicit configuration only
  bool h2c = false;                           // HTTP/2 without TLS, by prior knowledge
  bool proxy_protocol = false;                // a header before all else says who the client is, and
  std::vector<config::Cidr> trusted_proxies;  // only these may connect
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
