#include "gateway/build_snapshot.hpp"

#include <cstring>
#include <ctime>
#include <map>

#include "gateway/build_upstream.hpp"
#include "gateway/redis_settings.hpp"
#include "gateway/tls.hpp"

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

tls::ClientTrust::Settings trust_settings(const settings::ClientCertificates& from) {
  tls::ClientTrust::Settings to;
  to.required = from.mode == settings::ClientCertificates::Mode::required;
  for (const config::FilePath& file : from.ca) to.ca.push_back(file.path);
  for (const config::FilePath& file : from.crl) to.crl.push_back(file.path);
  to.max_intermediates = from.max_intermediates;
  return to;
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
  listener.proxy_protocol = from.proxy_protocol;
  listener.trusted_proxies = from.trusted_proxies;
  if (!from.tls) return listener;
  std::vector<Certificate> certificates{{from.tls->certificate.path, from.tls->key, from.tls->ocsp.path}};
  for (const settings::Certificate& more : from.tls->also) {
    certificates.push_back({more.certificate.path, more.key, more.ocsp.path});
  }
  ServerSettings server{.http2 = from.http2, .trust = nullptr};
  if (const auto& clients = from.tls->client_certificates) {
    auto loaded = tls::ClientTrust::load(trust_settings(*clients), std::time(nullptr));
    if (!loaded) {
      report.error(loaded.error());
      return std::nullopt;
    }
    for (const Error& warning : loaded->warnings) report.warning(warning);
    server.trust = std::move(loaded->trust);
  }
  std::vector<Error> warnings;
  auto context = server_context(certificates, server, warnings);
  for (const Error& warning : warnings) report.warning(warning);
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
  auto& states = snapshot->services->part<TargetStates>();
  for (const settings::Api& api : root.apis) snapshot->upstreams.push_back(build_upstream(api, states, report));
  if (root.shared.redis) snapshot->redis = build_redis(*root.shared.redis, snapshot->policy, report);
  return report.ok() ? snapshot : nullptr;
}

}  // namespace sallyport::gateway
