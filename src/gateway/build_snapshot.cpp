#include "gateway/build_snapshot.hpp"

#include <cstring>
#include <map>

#include "gateway/redis_settings.hpp"
#include "gateway/resolve.hpp"
#include "gateway/tls.hpp"
#include "gateway/websocket_rules.hpp"

namespace sallyport::gateway {
namespace {

boost::asio::ip::tcp::endpoint endpoint_of(const config::Endpoint& from) {
  if (from.address.is_v4()) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::memcpy(bytes.data(), from.address.bytes.data() + 12, bytes.size());
    return {boost::asio::ip::address_v4(bytes), from.port};
  }
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::memcpy(bytes.data(), from.address.bytes.data(), bytes.size());
  return {boost::asio::ip::address_v6(bytes), from.port};
}

struct Url {
  bool https = false;
  ServerName server;
};

Result<Url> parse_target(const std::string& text) {
  const std::string hint = "scheme, host and port only: http://127.0.0.1:9001 or https://orders.internal";
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.https = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return fail(ErrorCode::invalid, "`" + text + "` is no http or https URL", {}, hint);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto server = parse_server_name(rest, url.https ? 443 : 80, hint);
  if (!server) return std::unexpected(server.error());
  url.server = std::move(*server);
  return url;
}

Upstream build_upstream(const settings::Api& api, config::Report& report) {
  Upstream upstream;
  upstream.connect_timeout = api.upstream.connect_timeout;
  upstream.timeout = api.upstream.timeout;
  upstream.max_request_body = api.max_body.bytes;
  upstream.preserve_host = api.upstream.preserve_host;
  if (api.websocket) upstream.websocket = WebSocketRules::build(*api.websocket);
  const std::string where = "apis." + api.name + ".upstream";
  std::shared_ptr<SSL_CTX> tls;
  for (const std::string& text : api.upstream.targets) {
    const auto url = parse_target(text);
    if (!url) {
      report.error(Error{url.error().code, url.error().message, where, url.error().hint});
      continue;
    }
    const auto endpoints = resolve(url->server);
    if (!endpoints) {
      report.error(Error{endpoints.error().code, endpoints.error().message, where, endpoints.error().hint});
      continue;
    }
    if (url->https && !tls) {
      auto context = client_context(api.upstream.ca.path);
      if (!context) {
        report.error(context.error());
        return upstream;
      }
      tls = *context;
    }
    const ServerName& server = url->server;
    const bool usual = server.port == (url->https ? 443 : 80);
    upstream.host = usual ? server.host : server.host + ":" + std::to_string(server.port);
    for (const auto& endpoint : *endpoints) {
      Target target;
      target.address_text = address_text(endpoint);
      target.endpoint = endpoint;
      if (url->https) {
        target.tls = tls;
        target.tls_name = bare_host(server);
      }
      target.http2 = api.upstream.protocol == settings::Protocol::h2;
      target.key = (target.http2 ? "h2 " : "") +
                   (url->https ? "https " + target.tls_name + " " + api.upstream.ca.path + " " : "http ") +
                   target.address_text;
      upstream.targets.push_back(std::move(target));
    }
  }
  return upstream;
}

std::optional<Listener> build_listener(const settings::Listen& from, config::Report& report) {
  Listener listener;
  listener.name = config::format_endpoint(from.address);
  listener.endpoint = endpoint_of(from.address);
  listener.head = {from.limits.head.bytes, from.limits.target.bytes, from.limits.fields};
  listener.timeouts = {from.timeouts.handshake, from.timeouts.head, from.timeouts.body, from.timeouts.keep_alive,
                       from.timeouts.write};
  listener.max_connections = from.limits.connections;
  listener.max_requests = from.limits.requests;
  listener.min_body_rate = static_cast<std::uint32_t>(std::min<std::uint64_t>(from.limits.body_rate.bytes, 1u << 30));
  listener.h2c = from.h2c;
  if (!from.tls) return listener;
  std::vector<Certificate> certificates{{from.tls->certificate.path, from.tls->key}};
  for (const settings::Certificate& more : from.tls->also) certificates.push_back({more.certificate.path, more.key});
  auto context = server_context(certificates, from.http2);
  if (!context) {
    report.error(context.error());
    return std::nullopt;
  }
  listener.tls = *context;
  return listener;
}

}  // namespace

std::shared_ptr<const Snapshot> build_snapshot(const settings::Root& root, std::shared_ptr<const Policy> policy,
                                               std::shared_ptr<engine::Services> services, config::Report& report) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->policy = std::move(policy);
  snapshot->services = std::move(services);
  std::map<std::string, int> seen;
  for (const settings::Listen& listen : root.listen) {
    auto listener = build_listener(listen, report);
    if (!listener) continue;
    // Listeners at ports that the kernel chooses are told apart by their order.
    if (const int before = seen[listener->name]++; before != 0) listener->name += "#" + std::to_string(before + 1);
    snapshot->listeners.push_back(std::move(*listener));
  }
  for (const settings::Api& api : root.apis) snapshot->upstreams.push_back(build_upstream(api, report));
  if (root.shared.redis) snapshot->redis = build_redis(*root.shared.redis, snapshot->policy, report);
  return report.ok() ? snapshot : nullptr;
}

}  // namespace sallyport::gateway
