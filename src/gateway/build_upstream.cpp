#include "gateway/build_upstream.hpp"

#include <algorithm>

#include "base/address.hpp"
#include "gateway/resolve.hpp"
#include "gateway/tls.hpp"
#include "gateway/websocket_rules.hpp"
#include "tls/certificate.hpp"

namespace sallyport::gateway {
namespace {

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

// One upstream and where its errors are said to be.
class Builder {
 public:
  Builder(const settings::Upstream& from, std::string where, TargetStates& states, config::Report& report)
      : from_(from), where_(std::move(where)), states_(states), report_(report) {}

  // Nothing: the reason is in the report.
  [[nodiscard]] std::optional<TargetSource> source(const settings::Target& target, Upstream& into) {
    const auto url = parse_target(target.url);
    if (!url) return refuse(url.error());
    if (url->https && !into.tls) {
      const Certificate own{from_.certificate.path, from_.key, {}};
      auto context = client_context(from_.ca.path, own.chain_file.empty() ? nullptr : &own);
      if (!context) {
        if (!std::exchange(said_, true)) report_.error(context.error());
        return std::nullopt;
      }
      into.tls = *context;
      // Connections of one holder are not shared with another, nor outlive a change of the file.
      if (X509* const leaf = SSL_CTX_get0_certificate(into.tls.get())) into.shown = tls::thumbprint(*leaf);
    }
    TargetSource source;
    const ServerName& server = url->server;
    const bool usual = server.port == (url->https ? 443 : 80);
    source.server = usual ? server.host : server.host + ":" + std::to_string(server.port);
    if (!parse_address(bare_host(server))) source.name = server.host;
    source.port = server.port;
    source.https = url->https;
    source.weight = target.weight;
    source.zone = target.zone;
    auto addresses = resolve(server);
    if (addresses) {
      states_.learn(source.server, *addresses);
    } else {
      auto known = states_.last_known(source.server);
      if (!known) return refuse(addresses.error());
      report_.warning(Error{ErrorCode::unavailable, addresses.error().message, where_, "its last addresses are used"});
      addresses = std::move(*known);
    }
    source.addresses = std::move(*addresses);
    std::ranges::sort(source.addresses);  // the order of names' servers says nothing
    return source;
  }

 private:
  std::nullopt_t refuse(const Error& error) {
    report_.error(Error{error.code, error.message, where_, error.hint});
    return std::nullopt;
  }

  const settings::Upstream& from_;
  std::string where_;
  TargetStates& states_;
  config::Report& report_;
  bool said_ = false;
};

balance::Method method_of(settings::Balance balance) {
  switch (balance) {
    case settings::Balance::round_robin:
      return balance::Method::round_robin;
    case settings::Balance::least_requests:
      return balance::Method::least_requests;
    case settings::Balance::hash:
      return balance::Method::hash;
  }
  return balance::Method::least_requests;
}

HashBy hash_by_of(std::string_view text) {
  if (text.starts_with("header:")) return {HashBy::What::header, std::string(text.substr(7))};
  if (text.starts_with("cookie:")) return {HashBy::What::cookie, std::string(text.substr(7))};
  return {};
}

Canary canary_of(const settings::Canary& from) {
  Canary canary;
  canary.share = from.share;
  const std::size_t colon = from.header.find(':');
  canary.header = from.header.substr(0, colon);
  if (colon != std::string::npos) {
    const std::size_t begin = from.header.find_first_not_of(' ', colon + 1);
    if (begin != std::string::npos) canary.value = from.header.substr(begin);
  }
  return canary;
}

// Everything but the targets.
Upstream rules_of(const settings::Api& api) {
  const settings::Upstream& from = api.upstream;
  Upstream upstream;
  upstream.name = api.name;
  upstream.rules.method = method_of(from.balance);
  upstream.rules.breaker = {from.breaker.failures, from.breaker.window, from.breaker.open, from.breaker.longest};
  upstream.rules.open_share = from.breaker.share;
  upstream.rules.calls = from.limits.calls;
  upstream.rules.retry_share = from.retry.budget;
  upstream.rules.slow_start = from.slow_start;
  upstream.zone = from.zone;
  upstream.hash_by = hash_by_of(from.hash_by);
  upstream.attempts = from.retry.attempts;
  upstream.waiting = from.limits.waiting;
  upstream.wait = from.limits.wait;
  if (from.health) {
    const settings::HealthCheck& health = *from.health;
    upstream.health =
        HealthRules{health.path, health.interval, health.timeout, health.healthy, health.unhealthy, health.expect};
  }
  upstream.resolve = from.resolve;
  upstream.connect_timeout = from.connect_timeout;
  upstream.timeout = from.timeout;
  upstream.max_request_body = api.max_body.bytes;
  upstream.preserve_host = from.preserve_host;
  upstream.grpc_web = api.grpc_web;
  if (api.websocket) upstream.websocket = WebSocketRules::build(*api.websocket);
  upstream.http2 = from.protocol == settings::Protocol::h2;
  upstream.ca = from.ca.path;
  return upstream;
}

Target target_of(const Upstream& upstream, const TargetSource& source, const boost::asio::ip::tcp::endpoint& endpoint) {
  Target target;
  target.address_text = address_text(endpoint);
  target.host = source.server;
  target.zone = source.zone;
  target.endpoint = endpoint;
  target.http2 = upstream.http2;
  if (source.https) {
    target.tls = upstream.tls;
    const std::string_view host = source.name;
    target.tls_name = host.empty() ? endpoint.address().to_string() : std::string(host);
  }
  target.key = (target.http2 ? "h2 " : "") +
               (source.https ? "https " + target.tls_name + " " + upstream.ca + " " + upstream.shown + " " : "http ") +
               target.address_text;
  return target;
}

}  // namespace

void place_targets(Upstream& upstream, TargetStates& states) {
  upstream.targets.clear();
  std::vector<balance::Member> members;
  for (const TargetSource& source : upstream.sources) {
    for (const auto& endpoint : source.addresses) {
      Target target = target_of(upstream, source, endpoint);
      // A name may be known to have an address twice, and two names the same.
      const bool twice =
          std::ranges::any_of(upstream.targets, [&](const Target& other) { return other.key == target.key; });
      if (twice || members.size() == balance::Group::most_members) continue;
      target.state = states.of(upstream.name, target.key);
      if (!upstream.health) target.state->forget_checks();
      members.push_back(
          {target.state, target.address_text, source.weight, !upstream.zone.empty() && source.zone == upstream.zone});
      upstream.targets.push_back(std::move(target));
    }
  }
  states.placed(upstream.name);
  const balance::GroupRules& rules = upstream.rules;
  const bool opens = rules.breaker.failures != 0 && rules.open_share * members.size() >= 100;
  const bool watched = members.size() > 1 || opens || rules.calls != 0 || upstream.health;
  upstream.group = watched && !members.empty()
                       ? std::make_shared<balance::Group>(rules, std::move(members), states.budget(upstream.name))
                       : nullptr;
}

Upstream build_upstream(const settings::Api& api, TargetStates& states, config::Report& report) {
  Upstream upstream = rules_of(api);
  const std::string where = "apis." + api.name + ".upstream";
  Builder builder(api.upstream, where, states, report);
  for (const settings::Target& target : api.upstream.targets) {
    if (auto source = builder.source(target, upstream)) upstream.sources.push_back(std::move(*source));
  }
  if (api.upstream.canary) {
    upstream.canary = canary_of(*api.upstream.canary);
    auto other = std::make_shared<Upstream>(rules_of(api));
    other->name += " canary";
    for (const settings::Target& target : api.upstream.canary->targets) {
      if (auto source = builder.source(target, *other)) other->sources.push_back(std::move(*source));
    }
    place_targets(*other, states);
    upstream.canary->upstream = std::move(other);
  }
  if (api.upstream.mirror) {
    Upstream shadow = rules_of(api);
    shadow.http2 = false;
    if (auto source = builder.source({api.upstream.mirror->target, 1, {}}, shadow)) {
      const settings::Mirror& from = *api.upstream.mirror;
      upstream.mirror =
          std::make_shared<Mirror>(target_of(shadow, *source, source->addresses.front()), from.share, from.body.bytes);
    }
  }
  place_targets(upstream, states);
  return upstream;
}

}  // namespace sallyport::gateway
