// address_limit: how often one address may call, before anybody asks who it is. Contract in README.md.
#include "controls/address_limit/config.hpp"
#include "controls/rate_limit/compile.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::address_limit {
namespace {

using rate_limit::Class;
using rate_limit::Limits;

class AddressLimit final : public Control {
 public:
  AddressLimit(Limits limits, bool announce) : limits_(std::move(limits)), announce_(announce) {}

  [[nodiscard]] Phases phases() const override {
    if (announce_) return {Phase::request_head, Phase::response_head};
    return {Phase::request_head};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<Limits::State>(); }
  Verdict on_request_head(const Context& context) const override {
    return limits_.decide(context, context.state<Limits::State>());
  }
  Verdict on_response_head(const Context& context) const override {
    return limits_.announce(context, context.state<Limits::State>());
  }

 private:
  Limits limits_;
  bool announce_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* at,
                                    config::Report& report) {
  static engine::Services alone;  // of tests that compile a control without a program
  engine::Services& services = scope.services != nullptr ? *scope.services : alone;
  shared::MemoryStore& store = services.counters();
  std::vector<rate_limit::LimitRule> rules;
  const auto add = [&](const char* name, const rate_limit::Rate& rate, std::vector<Class> classes) {
    if (rate.off()) return;
    rate_limit::Rule rule;
    rule.name = name;
    rule.by = {rate_limit::Subject{}};
    rule.limit = rate;
    rule.classes = std::move(classes);
    // Guessing passwords must not become possible by an attack on the store.
    if (!rule.classes.empty()) rule.on_store_error = shared::OnStoreError::deny;
    if (auto compiled = rate_limit::compile(rule, scope.api, at, report)) rules.push_back(std::move(*compiled));
  };
  add("login_address", config.login, {Class::login});
  add("address", config.all, {});
  const auto classes = rate_limit::classify_all(scope.api, config.classes, at, report);
  // One address is one client of all APIs; log-ins are counted for each.
  const std::string name = scope.api != nullptr ? "address_limit of " + scope.api->name : "address_limit of the edge";
  return std::make_shared<const AddressLimit>(
      Limits(std::move(rules), rate_limit::classes_of(classes), name, config.ipv6_prefix, store, services.leases()),
      config.announce);
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("address_limit", "Limits how often one address may call, before it is known who calls.")
          .field("login", &Config::login,
                 {.doc = "Log-ins, tokens and password resets from one address; `off` for none."})
          .field("all", &Config::all,
                 {.doc = "All calls from one address, good or not; `off` for none.", .example = "6000/m"})
          .field("classes", &Config::classes, {.doc = "Classes of operations, as in `rate_limit`."})
          .field("ipv6_prefix", &Config::ipv6_prefix,
                 {.doc = "IPv6 addresses with so many equal bits count as one.", .min = "16", .max = "128"})
          .field("announce", &Config::announce, {.doc = "Send RateLimit and RateLimit-Policy with answers."});
  return table;
}

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("address_limit", "Limits how often one address may call.");
  return self;
}

}  // namespace sallyport::controls::address_limit
