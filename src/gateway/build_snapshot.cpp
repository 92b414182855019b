#include "gateway/build_snapshot.hpp"

#include <netdb.h>

#include <cstring>
#include <map>

#include "base/address.hpp"
#include "gateway/tls.hpp"
#include "http/host.hpp"

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
  std::string host;
  std::uint16_t port = 0;
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
  Arena arena;
  const auto authority = http::parse_authority(rest, arena);
  if (!authority) return fail(ErrorCode::invalid, "`" + text + "`: " + std::string(authority.error().detail), {}, hint);
  url.host = authority->host;
  url.port = authority->port != 0 ? authority->port : url.https ? 443 : 80;
  return url;
}

Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const Url& url) {
  std::string host = url.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  if (parse_address(host)) hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(url.port).c_str(), &hints, &list);
  if (error != 0) {
    return fail(ErrorCode::unavailable, "cannot resolve `" + host + "`: " + ::gai_strerror(error), {},
                "the name must be known when the gateway starts");
  }
  std::vector<boost::asio::ip::tcp::endpoint> found;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    boost::asio::ip::tcp::endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
    endpoint.resize(one->ai_addrlen);
    found.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  return found;
}

Upstream build_upstream(const settings::Api& api, config::Report& report) {
  Upstream upstream;
  upstream.connect_timeout = api.upstream.connect_timeout;
  upstream.timeout = api.upstream.timeout;
  upstream.max_request_body = api.max_body.bytes;
  upstream.preserve_host = api.upstream.preserve_host;
  const std::string where = "apis." + api.name + ".upstream";
  std::shared_ptr<SSL_CTX> tls;
  for (const std::string& text : api.upstream.targets) {
    const auto url = parse_target(text);
    if (!url) {
      report.error(Error{url.error().code, url.error().message, where, url.error().hint});
      continue;
    }
    const auto endpoints = resolve(*url);
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
    const bool usual = url->port == (url->https ? 443 : 80);
    upstream.host = usual ? url->host : url->host + ":" + std::to_string(url->port);
    for (const auto& endpoint : *endpoints) {
      const std::string host =
          endpoint.address().is_v6() ? "[" + endpoint.address().to_string() + "]" : endpoint.address().to_string();
      Target target;
      target.address_text = host + ":" + std::to_string(endpoint.port());
      target.endpoint = endpoint;
      if (url->https) {
        target.tls = tls;
        target.tls_name = url->host.starts_with('[') ? url->host.substr(1, url->host.size() - 2) : url->host;
      }
      target.key =
          (url->https ? "https " + target.tls_name + " " + api.upstream.ca.path + " " : "http ") + target.address_text;
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
  if (!from.tls) return listener;
  std::vector<Certificate> certificates{{from.tls->certificate.path, from.tls->key}};
  for (const settings::Certificate& more : from.tls->also) certificates.push_back({more.certificate.path, more.key});
  auto context = server_context(certificates);
  if (!context) {
    report.error(context.error());
    return std::nullopt;
  }
  listener.tls = *context;
  return listener;
}

}  // namespace

std::shared_ptr<const Snapshot> build_snapshot(const settings::Root& root, std::shared_ptr<const Policy> policy,
                                               config::Report& report) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->policy = std::move(policy);
  std::map<std::string, int> seen;
  for (const settings::Listen& listen : root.listen) {
    auto listener = build_listener(listen, report);
    if (!listener) continue;
    // Listeners at ports that the kernel chooses are told apart by their order.
    if (const int before = seen[listener->name]++; before != 0) listener->name += "#" + std::to_string(before + 1);
    snapshot->listeners.push_back(std::move(*listener));
  }
  for (const settings::Api& api : root.apis) snapshot->upstreams.push_back(build_upstream(api, report));
  return report.ok() ? snapshot : nullptr;
}

}  // namespace sallyport::gateway
