// authorize_objects: callers reach their own objects only. Contract in README.md.
#include <algorithm>

#include "controls/authorize_objects/config.hpp"
#include "controls/authorize_objects/field_path.hpp"
#include "controls/authorize_objects/identity.hpp"
#include "decode/json.hpp"
#include "engine/descriptor.hpp"
#include "engine/driver_rules.hpp"
#include "http/characters.hpp"
#include "spec/path_template.hpp"

namespace sallyport::controls::authorize_objects {
namespace {

using authorize::WhichCalls;

enum class Place : std::uint8_t { path, body, response };

struct CompiledCheck {
  Place place = Place::path;
  std::string variable;
  FieldPath field;
  Identity identity;
  bool optional = false;
};

struct CompiledRule {
  WhichCalls calls;
  std::vector<std::string> unless_roles;
  std::vector<CompiledCheck> checks;

  [[nodiscard]] bool applies(const Context& context) const {
    if (calls.match(context.request(), context.route().operation) == WhichCalls::Match::none) return false;
    const auto roles = context.actor().roles;
    return std::ranges::none_of(unless_roles,
                                [&](const std::string& role) { return std::ranges::find(roles, role) != roles.end(); });
  }
};

// The segment of the path that the variable stands for; null when the template has none that is
// this variable and nothing else.
std::optional<std::string_view> variable_of(std::string_view path, std::string_view path_template,
                                            std::string_view variable) {
  while (!path_template.empty()) {
    const auto next = [](std::string_view& rest) {
      if (rest.starts_with('/')) rest.remove_prefix(1);
      const std::string_view segment = rest.substr(0, std::min(rest.find('/'), rest.size()));
      rest.remove_prefix(segment.size());
      return segment;
    };
    const std::string_view name = next(path_template);
    const std::string_view value = next(path);
    if (name.size() == variable.size() + 2 && name.front() == '{' && name.back() == '}' &&
        name.substr(1, variable.size()) == variable) {
      return value;
    }
  }
  return std::nullopt;
}

// Is a segment of a canonical path this text?
bool same_segment(std::string_view segment, std::string_view text) {
  if (!segment.contains('%')) return segment == text;
  return !text.contains('%') && canonical_path_text(text) == segment;
}

// The API must read what was judged: a body of another type may be JSON and a form at once.
bool is_json(const Fields& fields) {
  const Field* type = fields.find(FieldName::content_type);
  if (type == nullptr) return false;
  std::string name;
  for (const char c : type->value.substr(0, type->value.find(';'))) {
    if (c != ' ' && c != '\t') name += http::lower(c);
  }
  return name == "application/json" || (name.starts_with("application/") && name.ends_with("+json"));
}

struct Asked {
  bool body = false;
  bool response = false;
};

class AuthorizeObjects final : public Control {
 public:
  AuthorizeObjects(std::vector<CompiledRule> rules, bool hide) : rules_(std::move(rules)), hide_(hide) {}

  [[nodiscard]] Phases phases() const override {
    if (rules_.empty()) return {};
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<Asked>(); }

  Verdict on_request_head(const Context& context) const override {
    Asked& asked = context.state<Asked>();
    for (const CompiledRule& rule : rules_) {
      if (!rule.applies(context)) continue;
      for (const CompiledCheck& check : rule.checks) {
        if (!context.actor().known()) return nobody();
        switch (check.place) {
          case Place::path:
            if (!path_is_own(check, context)) return foreign({"path", "the path names another's object"});
            break;
          case Place::body:
            asked.body = true;
            break;
          case Place::response:
            asked.response = true;
            break;
        }
      }
    }
    if (asked.body) context.want_body(engine::max_whole_body);
    if (!asked.response) return Pass{};
    // The answer must be readable. Nobody's answer to HEAD can be looked at.
    if (context.request().method == Method::head) return foreign({"unseen", "the answer to HEAD shows no owner"});
    const auto edits = context.arena().array<Edit>(1);
    edits[0] = {Edit::Kind::remove, 0, "Accept-Encoding", {}};
    return Rewrite{edits, nullptr, {}};
  }

  Verdict on_request_body(const Context& context) const override {
    if (!context.state<Asked>().body) return Pass{};
    if (!is_json(context.request().fields)) {
      return Deny{{415, "unsupported_media_type", "The media type is not supported", {}, {}, {}},
                  {"media_type", "the body is no JSON"}};
    }
    const auto body = decode::parse_json(context.body(), context.arena());
    if (!body) {
      return Deny{{400, "malformed_body", "The body is malformed", {}, {}, {}}, {"unreadable", body.error().detail}};
    }
    return judge(context, Place::body, **body);
  }

  Verdict on_response_head(const Context& context) const override {
    if (!context.state<Asked>().response || !is_success(context)) return Pass{};
    const Field* coding = context.response().fields.find(FieldName::content_encoding);
    if (coding != nullptr) return unseen({"unseen", "the answer is encoded"});
    context.require_body(engine::max_whole_body);
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    if (!context.state<Asked>().response || !is_success(context) || context.body().empty()) return Pass{};
    const auto body = decode::parse_json(context.body(), context.arena());
    if (!body) return unseen({"unreadable", body.error().detail});
    return judge(context, Place::response, **body);
  }

 private:
  static bool is_success(const Context& context) {
    return context.response().status >= 200 && context.response().status < 300;
  }

  static bool path_is_own(const CompiledCheck& check, const Context& context) {
    const std::string_view own = check.identity.of(context.actor());
    const auto segment = variable_of(context.request().path, context.route().path_template, check.variable);
    if (!segment) return check.optional;
    return !own.empty() && same_segment(*segment, own);
  }

  [[nodiscard]] Verdict judge(const Context& context, Place place, const decode::Value& root) const {
    for (const CompiledRule& rule : rules_) {
      if (!rule.applies(context)) continue;
      for (const CompiledCheck& check : rule.checks) {
        if (check.place != place) continue;
        const std::string_view own = check.identity.of(context.actor());
        if (own.empty()) return foreign({"nobody", "the caller lacks what owns objects here"});
        switch (check.field.compare(root, own)) {
          case FieldPath::Found::all_good:
            break;
          case FieldPath::Found::mismatch:
            return foreign({place == Place::body ? "body" : "response", "an owner is another than the caller"});
          case FieldPath::Found::absent:
            if (!check.optional) return foreign({"absent", "the field that names the owner is not there"});
            break;
        }
      }
    }
    return Pass{};
  }

  [[nodiscard]] Verdict foreign(Reason why) const {
    if (hide_) return Deny{{404, "not_found", "There is nothing at this address", {}, {}, {}}, why};
    return Deny{{403, "forbidden", "Access is not allowed", {}, {}, {}}, why};
  }
  static Verdict nobody() {
    return Deny{{401, "unauthorized", "Valid credentials are needed", {}, "WWW-Authenticate", "Bearer"},
                {"nobody", "the caller is not known"}};
  }
  static Verdict unseen(Reason why) {
    return Deny{{502, "bad_gateway", "The API gave no valid answer", {}, {}, {}}, why};
  }

  std::vector<CompiledRule> rules_;
  bool hide_;
};

CompiledCheck compile(const Check& check) {
  CompiledCheck out;
  out.identity = *Identity::parse(check.is);
  out.optional = check.optional;
  out.variable = check.path;
  if (!check.path.empty()) return out;
  out.place = check.body.empty() ? Place::response : Place::body;
  out.field = *FieldPath::parse(check.body.empty() ? check.response : check.body);
  return out;
}

// A path variable that no operation has as a segment of its own would never match.
bool has_variable(const Api& api, const std::string& variable) {
  return std::ranges::any_of(api.operations, [&](const Operation& one) {
    return variable_of(one.path_template, one.path_template, variable).has_value();
  });
}

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  std::vector<CompiledRule> rules;
  for (std::size_t i = 0; i < config.rules.size(); ++i) {
    const Rule& rule = config.rules[i];
    const config::Report::Below below(report, "rules");
    const config::Report::Below one(report, i);
    CompiledRule out{WhichCalls(rule.calls, scope.api, *section, report), rule.unless_roles, {}};
    for (const Check& check : rule.checks) {
      if (!check.path.empty() && scope.api != nullptr && !has_variable(*scope.api, check.path)) {
        report.error(*section, "no path has `{" + check.path + "}` as a segment");
      }
      out.checks.push_back(compile(check));
    }
    rules.push_back(std::move(out));
  }
  return std::make_shared<const AuthorizeObjects>(std::move(rules), config.hide);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("authorize_objects", "Keeps callers from objects that are not theirs.");
  return self;
}

}  // namespace sallyport::controls::authorize_objects
