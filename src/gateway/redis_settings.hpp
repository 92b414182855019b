// RedisSettings: where the shared counters are, as a configuration says it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "config/report.hpp"
#include "config/secret.hpp"
#include "gateway/snapshot.hpp"
#include "settings/settings.hpp"
#include "shared/leases.hpp"
#include "shared/revocations.hpp"

namespace sallyport::gateway {

struct RedisSettings {
  settings::Redis::Kind kind = settings::Redis::Kind::single;
  std::vector<Target> servers;  // the server, the sentinels, or some nodes of the cluster
  std::string master;           // sentinel: the name it is known by
  std::string username;
  config::Secret password;
  std::uint32_t database = 0;
  std::string prefix;
  std::chrono::milliseconds budget{20};
  std::shared_ptr<shared::Leases> leases;
  std::shared_ptr<shared::Revocations> revocations;
  std::string node_id;   // of this process, random
  std::string identity;  // equal for settings that need no new connections
};

// Null when there are errors.
[[nodiscard]] std::shared_ptr<const RedisSettings> build_redis(const settings::Redis& from,
                                                               const std::shared_ptr<const Policy>& policy,
                                                               config::Report& report);

}  // namespace sallyport::gateway
