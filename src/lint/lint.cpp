#include "lint/lint.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "decode/media_type.hpp"
#include "lint/names.hpp"
#include "lint/schema_lint.hpp"

namespace sallyport::lint {
namespace {

using controls::contract::Documents;
using decode::Kind;
using decode::Value;

std::string_view text(const Value* value, std::string_view name) {
  const Value* found = value == nullptr ? nullptr : value->find(name);
  return found == nullptr ? std::string_view() : found->text();
}

bool is_local(std::string_view url) {
  for (const std::string_view host : {"http://localhost", "http://127.0.0.1", "http://[::1]"}) {
    if (url.starts_with(host)) return true;
  }
  return false;
}

bool writes(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch || method == Method::delete_;
}

// What an operation asks of its caller, as text.
std::string needs(const Operation& operation) {
  std::string out;
  for (const auto& alternative : operation.security) {
    out += '|';
    for (const SecurityNeed& need : alternative) {
      out += need.name;
      for (const std::string& scope : need.scopes) out += " " + scope;
      out += '&';
    }
  }
  return out;
}

std::uint32_t points_of(Broken broken) {
  int points = 100;
  for (; broken != 0; broken &= broken - 1) {
    switch (text_of(static_cast<Rule>(std::countr_zero(broken))).severity) {
      case Severity::low:
        points -= 2;
        break;
      case Severity::medium:
        points -= 7;
        break;
      case Severity::high:
        points -= 15;
        break;
    }
  }
  return static_cast<std::uint32_t>(std::max(points, 0));
}

class Linter {
 public:
  Linter(const Spec& spec, Documents& documents, const Gateway& gateway)
      : spec_(spec),
        documents_(documents),
        swagger_(spec.dialect.starts_with("Swagger")),
        collector_(documents, gateway),
        schemas_(documents, collector_) {}

  Result<Report> run(const std::string& name) {
    const Value& root = *documents_.root().value;
    servers(root);
    schemes(root);
    for (const Operation& one : spec_.operations) {
      if (!is_admin_path(one.path_template)) common_needs_.insert(needs(one));
    }
    Report out;
    for (std::size_t i = 0; i < spec_.operations.size(); ++i) {
      collector_.speak_of(spec_.operations[i].label);
      const auto broken = operation(i);
      if (!broken) return std::unexpected(broken.error());
      out.scores.push_back({spec_.operations[i].label, points_of(*broken)});
    }
    out.findings = std::move(collector_).finish(name);
    return out;
  }

 private:
  [[nodiscard]] Seen at_root(const Value& value) const { return {&value, documents_.root().resource}; }

  void servers(const Value& root) {
    if (swagger_) {
      const Value* schemes = root.find("schemes");
      if (schemes == nullptr) return;
      for (const Value& one : *schemes) {
        if (one.text() == "http" || one.text() == "ws") collector_.add(Rule::server_http, at_root(one));
      }
      return;
    }
    const Value* servers = root.find("servers");
    if (servers == nullptr || !servers->is(Kind::array)) return;
    for (const Value& one : *servers) {
      const std::string_view url = text(&one, "url");
      if ((url.starts_with("http://") && !is_local(url)) || url.starts_with("ws://")) {
        collector_.add(Rule::server_http, at_root(one));
      }
      if (url.contains("://") && text(&one, "description").empty()) {
        collector_.add(Rule::server_undescribed, at_root(one));
      }
    }
  }

  void schemes(const Value& root) {
    const Value* components = root.find("components");
    const Value* all = swagger_                ? root.find("securityDefinitions")
                       : components == nullptr ? nullptr
                                               : components->find("securitySchemes");
    if (all == nullptr || !all->is(Kind::object)) return;
    for (const Value& each : *all) {
      const auto at = documents_.follow(at_root(each));
      if (at) scheme(*at);
    }
  }

  void scheme(Seen at) {
    const std::string_view type = text(at.value, "type");
    std::string kind(text(at.value, "scheme"));
    std::ranges::transform(kind, kind.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if (type == "basic" || (type == "http" && kind == "basic")) collector_.add(Rule::basic_auth, at);
    if (type == "http" && (kind == "digest" || kind == "negotiate" || kind == "oauth")) {
      collector_.add(Rule::insecure_scheme, at);
    }
    const std::string_view in = text(at.value, "in");
    if (type == "apiKey" && (in == "query" || in == "path")) collector_.add(Rule::api_key_in_url, at);
    const bool jwt = type == "oauth2" || type == "openIdConnect" || text(at.value, "bearerFormat") == "JWT" ||
                     text(at.value, "bearerFormat") == "jwt";
    if (jwt && !text(at.value, "description").contains("8725")) collector_.add(Rule::jwt_practices, at);
    if (type != "oauth2") return;
    if (swagger_) return flow(at, text(at.value, "flow"));
    const Value* flows = at.value->find("flows");
    if (flows == nullptr || !flows->is(Kind::object)) return;
    for (const Value& one : *flows) flow({&one, at.resource}, one.name());
  }

  void flow(Seen at, std::string_view name) {
    if (name == "implicit" || name == "password") collector_.add(Rule::oauth_old_flow, at);
    const bool renews = name == "authorizationCode" || name == "password";
    if (renews && text(at.value, "refreshUrl").empty()) collector_.add(Rule::oauth_no_refresh, at);
  }

  Result<Broken> operation(std::size_t place) {
    const Operation& self = spec_.operations[place];
    const OperationSource& source = spec_.sources[place];
    const Seen at = documents_.seen(*source.operation);
    Broken broken = security(self, at);
    if (self.operation_id.empty()) broken |= collector_.add(Rule::no_operation_id, at);
    if (self.stage == Stage::deprecated && self.sunset.empty()) {
      broken |= collector_.add(Rule::deprecated_no_sunset, at);
    }
    std::vector<Seen> holders{at};
    for (const document::Node* item : source.path_items) holders.push_back(documents_.seen(*item));
    for (const Seen holder : holders) {
      const auto more = parameters(holder, self);
      if (!more) return more;
      broken |= *more;
    }
    for (const auto step : {&Linter::body, &Linter::answers, &Linter::callbacks}) {
      const auto more = (this->*step)(at, self);
      if (!more) return more;
      broken |= *more;
    }
    return broken;
  }

  Broken security(const Operation& self, Seen at) {
    const bool anonymous = std::ranges::any_of(self.security, [](const auto& all) { return all.empty(); });
    if (!self.security_declared) {
      return collector_.add(writes(self.method) ? Rule::write_unrestricted : Rule::read_unrestricted, at);
    }
    Broken broken = 0;
    if (self.security.empty() || anonymous) {
      if (writes(self.method)) broken |= collector_.add(Rule::anonymous_write, at);
    } else if (is_admin_path(self.path_template) && common_needs_.contains(needs(self))) {
      broken |= collector_.add(Rule::admin_not_separate, at);
    }
    for (const auto& all : self.security) {
      for (const SecurityNeed& need : all) {
        if (need.scheme == SecurityNeed::Scheme::other) {
          broken |= collector_.add(Rule::undeclared_scheme, at, fmt::format("scheme `{}`", need.name));
        }
        if (need.scheme == SecurityNeed::Scheme::token && need.scopes.empty()) {
          broken |= collector_.add(Rule::no_scopes, at, fmt::format("scheme `{}`", need.name));
        }
      }
    }
    return broken;
  }

  Result<Broken> parameters(Seen holder, const Operation& self) {
    const Value* list = holder.value->find("parameters");
    Broken broken = 0;
    if (list == nullptr || !list->is(Kind::array)) return broken;
    for (const Value& one : *list) {
      const auto at = documents_.follow({&one, holder.resource});
      if (!at) return std::unexpected(at.error());
      const auto more = parameter(*at, self);
      if (!more) return more;
      broken |= *more;
    }
    return broken;
  }

  Result<Broken> parameter(Seen at, const Operation& self) {
    const std::string_view in = text(at.value, "in");
    const std::string_view name = text(at.value, "name");
    Seen schema = at;  // Swagger 2: the parameter itself
    if (const Value* own = at.value->find("schema"))
      schema.value = own;
    else if (!swagger_ || in == "body")
      schema.value = nullptr;
    if (const Value* content = at.value->find("content"); content != nullptr && content->size() != 0) {
      schema.value = content->at(0)->find("schema");
    }
    const std::string detail = fmt::format("parameter `{}`", name);
    Broken broken = 0;
    if (in == "body") {
      if (self.method == Method::get || self.method == Method::head || self.method == Method::delete_) {
        broken |= collector_.add(Rule::body_of_get, at);
      }
      if (schema.value == nullptr) return broken | collector_.add(Rule::body_undescribed, at);
    }
    if ((in == "query" || in == "path") && is_credential(name)) {
      broken |= collector_.add(Rule::credential_in_url, at, detail);
    }
    if (in != "body" && is_url(name)) broken |= collector_.add(Rule::url_parameter, at, detail);
    if (schema.value == nullptr) return broken;
    const auto plain = documents_.follow(schema);
    if (!plain) return std::unexpected(plain.error());
    const std::string_view type = text(plain->value, "type");
    if ((in == "query" || in == "path") && is_id(name) && type == "integer") {
      broken |= collector_.add(Rule::numeric_id, at, detail);
    }
    const bool most = plain->value->find("maximum") != nullptr || plain->value->find("exclusiveMaximum") != nullptr ||
                      plain->value->find("enum") != nullptr;
    if (in == "query" && is_page_size(name) && type == "integer" && !most) {
      broken |= collector_.add(Rule::page_size_unbounded, at, detail);
    }
    const auto more = schemas_.look(schema, Use::request);
    if (!more) return more;
    return broken | *more;
  }

  Result<Broken> media(Seen holder, Use use) {
    const Value* content = holder.value->find("content");
    Broken broken = 0;
    if (content == nullptr || !content->is(Kind::object)) return broken;
    for (const Value& one : *content) {
      const Seen at{&one, holder.resource};
      if (use == Use::request && one.name() == "*/*") broken |= collector_.add(Rule::wildcard_media, at);
      const auto type = decode::parse_media_type(one.name());
      const Value* schema = one.find("schema");
      if (schema == nullptr) {
        if (!type || !type->is_json()) continue;
        broken |= collector_.add(use == Use::request ? Rule::body_undescribed : Rule::answer_undescribed, at);
        continue;
      }
      const auto more = schemas_.look({schema, holder.resource}, use);
      if (!more) return more;
      broken |= *more;
    }
    return broken;
  }

  Result<Broken> body(Seen at, const Operation& self) {
    const Value* own = at.value->find("requestBody");
    if (own == nullptr) return 0;
    Broken broken = 0;
    if (self.method == Method::get || self.method == Method::head || self.method == Method::delete_) {
      broken |= collector_.add(Rule::body_of_get, at);
    }
    const auto body = documents_.follow({own, at.resource});
    if (!body) return std::unexpected(body.error());
    const auto more = media(*body, Use::request);
    if (!more) return more;
    return broken | *more;
  }

  static bool has(const Value& answers, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view name) { return answers.find(name) != nullptr; });
  }

  Result<Broken> answers(Seen at, const Operation& self) {
    const Value* all = at.value->find("responses");
    if (all == nullptr || !all->is(Kind::object)) return 0;
    Broken broken = 0;
    const bool flow = is_abused_flow(self.path_template) && writes(self.method);
    const bool limited = has(*all, {"429", "4XX"});
    const bool asks = self.security_declared && !self.security.empty() &&
                      std::ranges::none_of(self.security, [](const auto& need) { return need.empty(); });
    if (!limited) broken |= collector_.add(Rule::no_429, at);
    if (!limited && flow) broken |= collector_.add(Rule::flow_unlimited, at);
    if (asks && !has(*all, {"401", "4XX", "default"})) broken |= collector_.add(Rule::no_401, at);
    if (!has(*all, {"500", "5XX", "default"})) broken |= collector_.add(Rule::no_500, at);
    if (!has(*all, {"400", "422", "4XX", "default"})) broken |= collector_.add(Rule::no_validation_answer, at);
    for (const Value& one : *all) {
      const auto answer = documents_.follow({&one, at.resource});
      if (!answer) return std::unexpected(answer.error());
      broken |= fields(*answer, one.name());
      if (const Value* schema = answer->value->find("schema"); schema != nullptr && swagger_) {
        const auto more = schemas_.look({schema, answer->resource}, Use::answer);
        if (!more) return more;
        broken |= *more;
      }
      const auto more = media(*answer, Use::answer);
      if (!more) return more;
      broken |= *more;
    }
    return broken;
  }

  Broken fields(Seen answer, std::string_view status) {
    const Value* headers = answer.value->find("headers");
    const auto declared = [&](auto test) {
      return headers != nullptr && std::ranges::any_of(*headers, [&](const Value& one) { return test(one.name()); });
    };
    Broken broken = 0;
    if (status == "429" && !declared([](std::string_view name) { return same_name(name, "Retry-After"); })) {
      broken |= collector_.add(Rule::no_retry_after, answer);
    }
    const bool counts = declared([](std::string_view name) {
      return same_name(name, "RateLimit") || name.contains("RateLimit-") || name.contains("Rate-Limit") ||
             name.contains("ratelimit") || name.contains("rate-limit");
    });
    if (status.starts_with('2') && !counts) broken |= collector_.add(Rule::no_rate_limit_fields, answer);
    return broken;
  }

  Result<Broken> callbacks(Seen at, const Operation&) {
    const Value* all = at.value->find("callbacks");
    Broken broken = 0;
    if (all == nullptr || !all->is(Kind::object)) return broken;
    for (const Value& one : *all) {
      const auto callback = documents_.follow({&one, at.resource});
      if (!callback) return std::unexpected(callback.error());
      for (const Value& url : *callback->value) {
        if (url.name().contains("{$request."))
          broken |= collector_.add(Rule::callback_from_request, {&url, callback->resource});
      }
    }
    return broken;
  }

  const Spec& spec_;
  Documents& documents_;
  bool swagger_;
  Collector collector_;
  SchemaLint schemas_;
  std::set<std::string> common_needs_;  // of operations that are not administrative
};

}  // namespace

Result<Report> lint(const Spec& spec, const std::string& name, const Gateway& gateway) {
  const auto documents = Documents::read(spec);
  if (!documents) return std::unexpected(documents.error());
  return Linter(spec, **documents, gateway).run(name);
}

}  // namespace sallyport::lint
