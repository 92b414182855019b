// What a configuration says of the API behind the gateway: its targets, which of them takes a call, and what
// happens when one does not answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "config/table.hpp"

namespace sallyport::settings {

enum class Protocol : std::uint8_t { http1, h2 };
enum class Balance : std::uint8_t { round_robin, least_requests, hash };

struct Target {
  std::string url;
  std::uint32_t weight = 1;
  std::string zone;
};

struct Breaker {
  std::uint32_t failures = 5;
  config::Duration window = std::chrono::seconds(30);
  config::Duration open = std::chrono::seconds(5);
  config::Duration longest = std::chrono::minutes(5);
  std::uint32_t share = 50;
};

struct Retry {
  std::uint32_t attempts = 2;
  std::uint32_t budget = 20;
};

struct UpstreamLimits {
  std::uint32_t calls = 0;
  std::uint32_t waiting = 100;
  config::Duration wait = std::chrono::seconds(1);
};

struct HealthCheck {
  std::string path;
  config::Duration interval = std::chrono::seconds(5);
  config::Duration timeout = std::chrono::seconds(2);
  std::uint32_t healthy = 2;
  std::uint32_t unhealthy = 3;
  std::uint32_t expect = 0;
};

struct Canary {
  std::vector<Target> targets;
  std::uint32_t share = 0;
  std::string header;
};

struct Mirror {
  std::string target;
  std::uint32_t share = 100;
  config::Size body{64u << 10};
};

struct Upstream {
  std::vector<Target> targets;
  Protocol protocol = Protocol::http1;
  Balance balance = Balance::least_requests;
  std::string hash_by = "client";
  std::string zone;
  config::Duration resolve = std::chrono::seconds(30);
  config::Duration connect_timeout = std::chrono::seconds(5);
  config::Duration timeout = std::chrono::seconds(15);
  Breaker breaker;
  Retry retry;
  UpstreamLimits limits;
  std::optional<HealthCheck> health;
  config::Duration slow_start{0};
  std::optional<Canary> canary;
  std::optional<Mirror> mirror;
  config::FilePath ca;
  config::FilePath certificate;
  config::Secret key;
  bool preserve_host = true;
};

const config::Table<Target>& config_table(const Target*);
const config::Table<Breaker>& config_table(const Breaker*);
const config::Table<Retry>& config_table(const Retry*);
const config::Table<UpstreamLimits>& config_table(const UpstreamLimits*);
const config::Table<HealthCheck>& config_table(const HealthCheck*);
const config::Table<Canary>& config_table(const Canary*);
const config::Table<Mirror>& config_table(const Mirror*);
const config::Table<Upstream>& config_table(const Upstream*);

constexpr auto enum_names(const Protocol*) {
  return std::to_array<config::Named<Protocol>>(
      {{"http1", Protocol::http1, "HTTP/1.1"},
       {"h2", Protocol::h2, "HTTP/2: agreed on by ALPN with https, from the first byte with http (prior knowledge)"}});
}
constexpr auto enum_names(const Balance*) {
  return std::to_array<config::Named<Balance>>(
      {{"round_robin", Balance::round_robin, "in turn, by weight"},
       {"least_requests", Balance::least_requests, "of two drawn by weight the less busy"},
       {"hash", Balance::hash, "by `hash_by`: who calls again comes to the same target"}});
}

}  // namespace sallyport::settings
