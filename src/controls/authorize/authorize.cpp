// authorize: which calls a caller may make. Contract in README.md.
#include "controls/authorize/authorize.hpp"

#include <algorithm>
#include <set>

#include "controls/authorize/config.hpp"
#include "engine/controls_of.hpp"
#include "engine/descriptor.hpp"

#include <sallyport/certificate.hpp>

namespace sallyport::controls::authorize {
namespace {

bool has(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool has_all(std::span<const std::string_view> words, const std::vector<std::string>& needed) {
  return std::ranges::all_of(needed, [&](const std::string& one) { return has(words, one); });
}

bool holds(const SecurityNeed& need, const Actor& actor, const Connection& connection) {
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
      return connection.certificate != nullptr;  // also beside the token of a user
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
    const auto why = refusal(context.actor(), context.connection(), context.request(), context.route().operation);
    if (!why) return Pass{};
    return denied(context.actor(), *why);
  }

  // Why not, or nothing.
  [[nodiscard]] std::optional<Reason> refusal(const Actor& actor, const Connection& connection, const Request& request,
                                              const Operation* operation) const {
    if (security_ && operation != nullptr) {
      if (!operation->security_declared) {
        if (undeclared_ == Otherwise::deny) {
          return Reason{"undeclared", "the specification does not say who may call"};
        }
      } else if (!meets(operation->security, actor, connection)) {
        return Reason{"security", "the specification asks for more"};
      }
    }
    for (const CompiledRule& one : rules_) {
      const WhichCalls::Match match = one.calls.match(request, operation);
      if (match == WhichCalls::Match::none) continue;
      if (!one.allows(actor)) return Reason{"rule", "a rule is about this call and asks for more"};
      if (match == WhichCalls::Match::exact) return std::nullopt;
    }
    if (rules_.empty() || otherwise_ == Otherwise::allow) return std::nullopt;
    return Reason{"otherwise", "no rule is about this call"};
  }

  [[nodiscard]] bool given() const { return given_; }
  // What its rules name.
  void names(std::set<std::string>& roles, std::set<std::string>& scopes) const {
    for (const CompiledRule& one : rules_) {
      roles.insert(one.rule.roles.begin(), one.rule.roles.end());
      scopes.insert(one.rule.scopes.begin(), one.rule.scopes.end());
    }
  }

 private:
  static bool meets(const std::vector<std::vector<SecurityNeed>>& alternatives, const Actor& actor,
                    const Connection& connection) {
    if (alternatives.empty()) return true;  // the contract says: anybody
    return std::ranges::any_of(alternatives, [&](const std::vector<SecurityNeed>& needs) {
      return std::ranges::all_of(needs, [&](const SecurityNeed& need) { return holds(need, actor, connection); });
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

namespace {

// "/orders/{orderId}" as a call would have it: "/orders/x".
std::string filled(std::string_view path_template) {
  std::string out;
  bool variable = false;
  for (const char c : path_template) {
    if (c == '{') out += 'x';
    if (c == '{' || c == '}') {
      variable = c == '{';
    } else if (!variable) {
      out += c;
    }
  }
  return out;
}

RoleMatrix matrix_of(const Api& api, const Authorize& control) {
  RoleMatrix out{&api, {"nobody known", "any caller"}, {}};
  std::set<std::string> roles;
  std::set<std::string> all_scopes;
  control.names(roles, all_scopes);
  for (const Operation& operation : api.operations) {
    for (const auto& alternative : operation.security) {
      for (const SecurityNeed& need : alternative) all_scopes.insert(need.scopes.begin(), need.scopes.end());
    }
  }
  out.callers.insert(out.callers.end(), roles.begin(), roles.end());
  const ClientCertificate certificate;
  const std::vector<std::string_view> scopes(all_scopes.begin(), all_scopes.end());
  for (const Operation& operation : api.operations) {
    const std::string path = filled(operation.path_template);
    Request request;
    request.method = operation.method;
    request.method_token = operation.method_token;
    request.path = path;
    RoleMatrix::Row row{&operation, {}};
    for (std::size_t i = 0; i < out.callers.size(); ++i) {
      const std::string_view role = out.callers[i];
      // A credential of each kind: whichever the specification asks for, it is there.
      std::string_view refused;
      for (const Authentication how : {Authentication::jwt, Authentication::basic}) {
        Actor actor;
        Connection connection;
        if (i != 0) {
          connection.certificate = &certificate;
          actor.how = how;
          actor.subject = actor.key_id = "x";
          actor.scopes = scopes;
          if (i > 1) actor.roles = {&role, 1};
        }
        const auto why = control.refusal(actor, connection, request, &operation);
        refused = why ? why->rule : std::string_view();
        if (!why) break;
      }
      row.refused.emplace_back(refused);
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

}  // namespace

std::vector<RoleMatrix> role_matrix(const Policy& policy) {
  std::vector<RoleMatrix> out;
  engine::for_each_control<Authorize>(policy, [&](const Api& api, const Authorize& control) {
    if (control.given()) out.push_back(matrix_of(api, control));
  });
  return out;
}

}  // namespace sallyport::controls::authorize
