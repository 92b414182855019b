// authorize: which calls a caller may make. Contract in README.md.
#include <algorithm>

#include "controls/authorize/config.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::authorize {
namespace {

bool has(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool has_all(std::span<const std::string_view> words, const std::vector<std::string>& needed) {
  return std::ranges::all_of(needed, [&](const std::string& one) { return has(words, one); });
}

bool holds(const SecurityNeed& need, const Actor& actor) {
  switch (need.scheme) {
    case SecurityNeed::Scheme::token:
      return (actor.how == Authentication::jwt || actor.how == Authentication::opaque_token ||
              actor.how == Authentication::session) &&
             has_all(actor.scopes, need.scopes);
    case SecurityNeed::Scheme::basic:
      return actor.how == Authentication::basic;
    case SecurityNeed::Scheme::api_key:
      return !actor.key_id.empty() && has_all(actor.scopes, need.scopes);
    case SecurityNeed::Scheme::client_certificate:
      return actor.how == Authentication::mtls;
    case SecurityNeed::Scheme::other:
      return false;
  }
  return false;
}

struct CompiledRule {
  Rule rule;
  WhichCalls calls;

  [[nodiscard]] bool allows(const Actor& actor) const {
    if (rule.anyone) return true;
    if (!actor.known()) return false;
    const bool role = rule.roles.empty() ||
                      std::ranges::any_of(rule.roles, [&](const std::string& one) { return has(actor.roles, one); });
    return role && has_all(actor.scopes, rule.scopes);
  }
};

class Authorize final : public Control {
 public:
  Authorize(const Config& config, std::vector<CompiledRule> rules, bool given, const std::string& realm)
      : security_(config.security),
        undeclared_(config.undeclared),
        otherwise_(config.otherwise),
        rules_(std::move(rules)),
        given_(given),
        challenge_("Bearer realm=\"" + realm + '"') {}

  [[nodiscard]] Phases phases() const override { return given_ ? Phases{Phase::request_head} : Phases{}; }

  Verdict on_request_head(const Context& context) const override {
    const Operation* operation = context.route().operation;
    const Actor& actor = context.actor();
    if (security_ && operation != nullptr) {
      if (!operation->security_declared) {
        if (undeclared_ == Otherwise::deny) {
          return denied(actor, {"undeclared", "the specification does not say who may call"});
        }
      } else if (!meets(operation->security, actor)) {
        return denied(actor, {"security", "the specification asks for more"});
      }
    }
    for (const CompiledRule& one : rules_) {
      const WhichCalls::Match match = one.calls.match(context.request(), operation);
      if (match == WhichCalls::Match::none) continue;
      if (!one.allows(actor)) return denied(actor, {"rule", "a rule is about this call and asks for more"});
      if (match == WhichCalls::Match::exact) return Pass{};
    }
    if (rules_.empty() || otherwise_ == Otherwise::allow) return Pass{};
    return denied(actor, {"otherwise", "no rule is about this call"});
  }

 private:
  static bool meets(const std::vector<std::vector<SecurityNeed>>& alternatives, const Actor& actor) {
    if (alternatives.empty()) return true;  // the contract says: anybody
    return std::ranges::any_of(alternatives, [&](const std::vector<SecurityNeed>& needs) {
      return std::ranges::all_of(needs, [&](const SecurityNeed& need) { return holds(need, actor); });
    });
  }

  // Who is not known is asked to say who it is (RFC 9110 §15.5.2); who is known may not.
  [[nodiscard]] Verdict denied(const Actor& actor, Reason why) const {
    if (!actor.known()) {
      return Deny{{401, "unauthorized", "Valid credentials are needed", {}, "WWW-Authenticate", challenge_}, why};
    }
    return Deny{{403, "forbidden", "Access is not allowed", {}, {}, {}}, why};
  }

  bool security_;
  Otherwise undeclared_;
  Otherwise otherwise_;
  std::vector<CompiledRule> rules_;
  bool given_;
  std::string challenge_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  std::vector<CompiledRule> rules;
  for (std::size_t i = 0; i < config.rules.size(); ++i) {
    const config::Report::Below below(report, "rules");
    const config::Report::Below one(report, i);
    rules.push_back({config.rules[i], WhichCalls(config.rules[i].calls, scope.api, *section, report)});
  }
  return std::make_shared<const Authorize>(config, std::move(rules), section != nullptr,
                                           scope.api != nullptr ? scope.api->name : "api");
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("authorize", "Refuses calls that the caller may not make.");
  return self;
}

}  // namespace sallyport::controls::authorize
