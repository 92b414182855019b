// rate_limit: how often callers may call, once it is known who they are. Contract in README.md.
#include "controls/rate_limit/rate_limit.hpp"

#include "controls/rate_limit/compile.hpp"
#include "engine/controls_of.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::rate_limit {
namespace {

class RateLimit final : public Control {
 public:
  RateLimit(Limits limits, std::vector<Classified> classes, const Config& config)
      : limits_(std::move(limits)),
        classes_(std::move(classes)),
        class_limits_(config.limits),
        announce_(config.announce) {}

  [[nodiscard]] Phases phases() const override {
    if (announce_) return {Phase::request_head, Phase::response_head, Phase::end};
    return {Phase::request_head, Phase::end};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<Limits::State>(); }

  Verdict on_request_head(const Context& context) const override {
    return limits_.decide(context, context.state<Limits::State>());
  }
  Verdict on_response_head(const Context& context) const override {
    return limits_.announce(context, context.state<Limits::State>());
  }
  void on_end(const Context& context) const override { limits_.end(context.state<Limits::State>()); }

  [[nodiscard]] const std::vector<Classified>& classes() const { return classes_; }
  [[nodiscard]] const ClassLimits& class_limits() const { return class_limits_; }

 private:
  Limits limits_;
  std::vector<Classified> classes_;
  ClassLimits class_limits_;
  bool announce_;
};

// The cheat sheet's limits: by whom each class is counted.
std::vector<Rule> class_rules(const ClassLimits& limits) {
  const auto rule = [](const char* name, Class of, Subject::Kind by, const Rate& rate) {
    Rule out;
    out.name = name;
    out.by = {Subject{by, {}}};
    out.limit = rate;
    out.classes = {of};
    return out;
  };
  return {rule("login", Class::login, Subject::Kind::user, limits.login),
          rule("export", Class::exports, Subject::Kind::token, limits.exports),
          rule("batch", Class::batch, Subject::Kind::token, limits.batch),
          rule("data", Class::data, Subject::Kind::token, limits.data)};
}

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* at,
                                    config::Report& report) {
  static engine::Services alone;  // of tests that compile a control without a program
  engine::Services& services = scope.services != nullptr ? *scope.services : alone;
  shared::MemoryStore& store = services.counters();
  auto classes = classify_all(scope.api, config.classes, at, report);
  std::vector<LimitRule> rules;
  for (const Rule& rule : class_rules(config.limits)) {
    if (rule.limit.off()) continue;
    auto compiled = compile(rule, scope.api, at, report);
    if (!compiled) continue;
    // Guessing passwords must not become possible by an attack on the store.
    if (rule.name == "login") compiled->on_store_error = shared::OnStoreError::deny;
    compiled->known_only = rule.name == "login" || rule.name == "data";
    rules.push_back(std::move(*compiled));
  }
  for (const Rule& rule : config.rules) {
    if (auto compiled = compile(rule, scope.api, at, report)) rules.push_back(std::move(*compiled));
  }
  const std::string name = scope.api != nullptr ? "rate_limit of " + scope.api->name : "rate_limit of the edge";
  Limits limits(std::move(rules), classes_of(classes), name, config.ipv6_prefix, store, services.leases());
  return std::make_shared<const RateLimit>(std::move(limits), std::move(classes), config);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("rate_limit", "Limits how often and how much callers may call.");
  return self;
}

std::string explain(const Policy& policy) {
  std::string out;
  engine::for_each_control<RateLimit>(
      policy, [&](const Api& api, const RateLimit& control) { out += explain(api, control.classes()); });
  return out;
}

std::vector<ClassesOf> classes_of(const Policy& policy) {
  std::vector<ClassesOf> out;
  engine::for_each_control<RateLimit>(policy, [&](const Api& api, const RateLimit& control) {
    out.push_back({&api, classes_of(control.classes()), control.class_limits()});
  });
  return out;
}

}  // namespace sallyport::controls::rate_limit
