// Settings: what a configuration file says, typed. One table a section (settings.cpp); the
// sections of controls belong to their rooms.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/table.hpp"
#include "engine/descriptor.hpp"
#include "settings/upstream.hpp"
#include "settings/websocket.hpp"

#include <sallyport/operation.hpp>

namespace sallyport::settings {

struct Certificate {
  config::FilePath certificate;
  config::Secret key;
  config::FilePath ocsp;
};

struct ClientCertificates {
  enum class Mode : std::uint8_t { required, optional };
  Mode mode = Mode::required;
  std::vector<config::FilePath> ca;
  std::vector<config::FilePath> crl;
  std::uint32_t max_intermediates = 3;
};

struct Tls {
  config::FilePath certificate;
  config::Secret key;
  config::FilePath ocsp;
  std::optional<ClientCertificates> client_certificates;
  std::vector<Certificate> also;  // chosen by SNI
};

struct ListenLimits {
  std::uint32_t connections = 10'000;
  std::uint32_t requests = 1'000;
  config::Size head{60u << 10};
  config::Size target{8u << 10};
  std::uint32_t fields = 100;
  config::Size body_rate{500};
};

struct ListenTimeouts {
  config::Duration handshake = std::chrono::seconds(10);
  config::Duration head = std::chrono::seconds(10);
  config::Duration body = std::chrono::seconds(60);
  config::Duration keep_alive = std::chrono::seconds(75);
  config::Duration write = std::chrono::seconds(30);
};

struct Listen {
  config::Endpoint address;
  std::optional<Tls> tls;
  bool cleartext = false;
  bool http2 = true;
  bool h2c = false;
  bool proxy_protocol = false;
  std::vector<config::Cidr> trusted_proxies;
  ListenLimits limits;
  ListenTimeouts timeouts;
};

// Sections of controls, by control name; the nodes live as long as the documents.
using Sections = std::map<std::string, const document::Node*>;

struct Api {
  std::string name;
  std::vector<std::string> hosts;
  config::FilePath spec;
  std::string base_path;
  Upstream upstream;
  std::string owner;
  std::string purpose;
  std::string data_class;
  Stage stage = Stage::production;
  config::Size max_body{1u << 20};
  bool path_parameters = false;
  bool encoded_slash = false;
  bool grpc_web = false;
  std::optional<WebSocket> websocket;
  Sections controls;
};

struct Defaults {
  Sections controls;
};

enum class OutFormat : std::uint8_t { sallyport, ocsf, ecs, cef };

struct Out {
  std::string name;
  OutFormat format = OutFormat::ocsf;
  config::FilePath file;
  std::string syslog;
  std::string webhook;
  config::FilePath ca;
  config::Secret secret;
};

struct Events {
  config::FilePath directory{"data/events", "data/events"};
  config::Size ring{8u << 20};
  config::Size segment{64u << 20};
  config::Duration segment_age = std::chrono::hours(1);
  config::Size keep{1u << 30};
  config::Duration keep_for = std::chrono::hours(24 * 30);
  config::Duration sync = std::chrono::seconds(1);
  std::vector<std::string> redact;
  std::vector<Out> out;
};

struct Admin {
  config::Endpoint address;
};

struct Store {
  std::string postgres;
  config::Secret password;
};

struct Memory {
  config::Size budget{32u << 20};
};

struct Redis {
  enum class Kind : std::uint8_t { single, sentinel, cluster };
  Kind kind = Kind::single;
  std::vector<std::string> servers;
  std::string master;
  bool tls = false;
  config::FilePath ca;
  std::string username;
  config::Secret password;
  std::uint32_t database = 0;
  std::string prefix = "sallyport:";
  config::Duration budget = std::chrono::milliseconds(20);
};

struct Shared {
  Memory memory;
  std::optional<Redis> redis;
};

struct Root {
  std::uint32_t version = 1;
  std::vector<Listen> listen;
  std::vector<Api> apis;
  Defaults defaults;
  Events events;
  Store store;
  Shared shared;
  std::optional<Admin> admin;
  config::FilePath data{"data", "data"};
  std::uint32_t workers = 0;
  config::Duration drain = std::chrono::seconds(30);
};

const config::Table<Certificate>& config_table(const Certificate*);
const config::Table<ClientCertificates>& config_table(const ClientCertificates*);
const config::Table<Tls>& config_table(const Tls*);
const config::Table<ListenLimits>& config_table(const ListenLimits*);
const config::Table<ListenTimeouts>& config_table(const ListenTimeouts*);
const config::Table<Listen>& config_table(const Listen*);
const config::Table<Api>& config_table(const Api*);
const config::Table<Defaults>& config_table(const Defaults*);
const config::Table<Out>& config_table(const Out*);
const config::Table<Events>& config_table(const Events*);
const config::Table<Admin>& config_table(const Admin*);
const config::Table<Store>& config_table(const Store*);
const config::Table<Memory>& config_table(const Memory*);
const config::Table<Redis>& config_table(const Redis*);
const config::Table<Shared>& config_table(const Shared*);
const config::Table<Root>& config_table(const Root*);

constexpr auto enum_names(const ClientCertificates::Mode*) {
  return std::to_array<config::Named<ClientCertificates::Mode>>(
      {{"required", ClientCertificates::Mode::required, "a client without one gets no connection"},
       {"optional", ClientCertificates::Mode::optional,
        "a client may have none; one that is not good is refused all the same"}});
}

constexpr auto enum_names(const Redis::Kind*) {
  return std::to_array<config::Named<Redis::Kind>>(
      {{"single", Redis::Kind::single, "`servers` is the one server"},
       {"sentinel", Redis::Kind::sentinel, "`servers` are sentinels that know where `master` is"},
       {"cluster", Redis::Kind::cluster, "`servers` are some nodes of a cluster, which name the others"}});
}

}  // namespace sallyport::settings

namespace sallyport::settings {
constexpr auto enum_names(const OutFormat*) {
  return std::to_array<config::Named<OutFormat>>(
      {{"sallyport", OutFormat::sallyport, "the lines of the event log"},
       {"ocsf", OutFormat::ocsf, "OCSF 1.1: API Activity, and Detection Finding for what the firewall stopped"},
       {"ecs", OutFormat::ecs, "Elastic Common Schema 8.11"},
       {"cef", OutFormat::cef, "ArcSight Common Event Format"}});
}
}  // namespace sallyport::settings

namespace sallyport {
constexpr auto enum_names(const Stage*) {
  return std::to_array<config::Named<Stage>>({{"design", Stage::design, "not served yet"},
                                              {"test", Stage::test, "served to testers"},
                                              {"production", Stage::production, "in use"},
                                              {"deprecated", Stage::deprecated, "in use, its end is announced"},
                                              {"retired", Stage::retired, "every call is refused with 410"}});
}
}  // namespace sallyport
