#include "gateway/redis_settings.hpp"

#include "base/random.hpp"
#include "base/siphash.hpp"
#include "engine/services.hpp"
#include "gateway/resolve.hpp"
#include "gateway/tls.hpp"

namespace sallyport::gateway {

std::shared_ptr<const RedisSettings> build_redis(const settings::Redis& from,
                                                 const std::shared_ptr<const Policy>& policy, config::Report& report) {
  using Kind = settings::Redis::Kind;
  const std::string where = "shared.redis";
  auto redis = std::make_shared<RedisSettings>();
  redis->kind = from.kind;
  redis->master = from.master;
  redis->username = from.username;
  redis->password = from.password;
  redis->database = from.database;
  redis->prefix = from.prefix;
  redis->budget = from.budget;
  std::shared_ptr<SSL_CTX> tls;
  if (from.tls) {
    auto context = client_context(from.ca.path, nullptr);
    if (!context) {
      report.error(context.error());
      return nullptr;
    }
    tls = *context;
  }
  for (const std::string& text : from.servers) {
    const auto name =
        parse_server_name(text, from.kind == Kind::sentinel ? 26379 : 6379, "host and port: redis.internal:6379");
    const auto endpoints = name ? resolve(*name) : std::unexpected(name.error());
    if (!endpoints) {
      report.error(Error{endpoints.error().code, endpoints.error().message, where, endpoints.error().hint});
      continue;
    }
    for (const auto& endpoint : *endpoints) {
      Target target;
      target.endpoint = endpoint;
      target.address_text = address_text(endpoint);
      target.key = "redis " + target.address_text;
      if (tls) {
        target.tls = tls;
        target.tls_name = bare_host(*name);
      }
      redis->servers.push_back(std::move(target));
    }
  }
  if (redis->servers.empty()) return nullptr;
  // The policy keeps the services that the leases are of.
  const auto services = std::static_pointer_cast<const engine::Services>(policy->services);
  if (services->leases() == nullptr) return nullptr;  // shared from the next start on; a warning said so
  redis->leases = std::shared_ptr<shared::Leases>(services, services->leases());
  // They change while policies come and go, which only keep them.
  const auto changing = std::const_pointer_cast<engine::Services>(services);
  redis->revocations = std::shared_ptr<shared::Revocations>(changing, &changing->part<shared::Revocations>());
  static const std::string node_id = std::to_string(random_value<std::uint64_t>());
  redis->node_id = node_id;
  for (const Target& target : redis->servers) redis->identity += target.key + "|" + target.tls_name + "|";
  // Only a hash of the password stands there.
  redis->identity += std::to_string(static_cast<int>(from.kind)) + "|" + from.master + "|" + from.username + "|" +
                     std::to_string(siphash(SipKey{}, from.password.reveal())) + "|" + std::to_string(from.database) +
                     "|" + from.prefix + "|" + std::to_string(redis->budget.count()) + "|" + from.ca.path;
  return redis;
}

}  // namespace sallyport::gateway
