// access: which calls are shut whoever makes them. Contract in README.md.
#include <algorithm>
#include <array>

#include "controls/access/config.hpp"
#include "controls/access/path_pattern.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::access {
namespace {

constexpr Problem forbidden{.status = 403,
                            .type = "forbidden",
                            .title = "Access is not allowed",
                            .detail = {},
                            .extra_name = {},
                            .extra_value = {}};

struct CompiledRule {
  Rule rule;
  std::vector<PathPattern> paths;
};

class Access final : public Control {
 public:
  explicit Access(const Config& config) : otherwise_(config.otherwise) {
    for (const Rule& rule : config.rules) {
      CompiledRule compiled{rule, {}};
      for (const std::string& path : rule.paths) {
        if (auto pattern = PathPattern::compile(path)) compiled.paths.push_back(std::move(*pattern));
      }
      rules_.push_back(std::move(compiled));
    }
  }

  [[nodiscard]] Phases phases() const override { return {Phase::connection, Phase::request_head}; }

  // Before the first byte only rules by address alone can be decided; the first rule that needs
  // the request ends the search.
  Verdict on_connection(const Context& context) const override {
    for (const CompiledRule& one : rules_) {
      if (!one.paths.empty() || !one.rule.methods.empty()) return Pass{};
      if (matches_address(one.rule, context.connection().client)) return verdict(one.rule.action, "rule");
    }
    return Pass{};
  }

  Verdict on_request_head(const Context& context) const override {
    const Request& request = context.request();
    for (const CompiledRule& one : rules_) {
      if (matches_address(one.rule, context.connection().client) && matches_method(one.rule, request) &&
          matches_path(one, request.path)) {
        return verdict(one.rule.action, "rule");
      }
    }
    return verdict(otherwise_, "otherwise");
  }

 private:
  static Verdict verdict(Action action, std::string_view rule) {
    if (action == Action::allow) return Pass{};
    return Deny{forbidden, {rule, "shut by configuration"}};
  }
  static bool matches_address(const Rule& rule, const Address& client) {
    return rule.addresses.empty() ||
           std::ranges::any_of(rule.addresses, [&](const config::Cidr& network) { return network.contains(client); });
  }
  static bool matches_method(const Rule& rule, const Request& request) {
    return rule.methods.empty() || std::ranges::find(rule.methods, request.method_token) != rule.methods.end();
  }
  // A rule that denies must not be passed by another spelling; one that allows must not be
  // reached by it.
  static bool matches_path(const CompiledRule& one, std::string_view path) {
    if (one.paths.empty()) return true;
    const bool loosely = one.rule.action == Action::deny;
    return std::ranges::any_of(one.paths, [&](const PathPattern& pattern) {
      return loosely ? pattern.matches_loosely(path) : pattern.matches(path);
    });
  }

  std::vector<CompiledRule> rules_;
  Action otherwise_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node*,
                                    config::Report&) {
  return std::make_shared<const Access>(config);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("access", "Allows or denies by address, method and path.");
  return self;
}

}  // namespace sallyport::controls::access
