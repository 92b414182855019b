#include "controls/protect_logins/operations.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "controls/protect_logins/credentials.hpp"
#include "spec/openapi.hpp"
#include "spec/references.hpp"

namespace sallyport::controls::protect_logins {
namespace {

using rate_limit::Class;

// What a reference within the document names; other files are not looked into, which only costs an inference.
const document::Node* there(const document::Node* node, const document::Node& root) {
  for (std::size_t i = 0; node != nullptr && i < References::max_chain; ++i) {
    const document::Node* reference = node->is_mapping() ? node->find("$ref") : nullptr;
    if (reference == nullptr) return node;
    if (!reference->text().starts_with('#')) return nullptr;
    node = at_pointer(root, reference->text().substr(1));
  }
  return nullptr;
}

const document::Node* find(const document::Node* node, std::string_view key) {
  return node != nullptr && node->is_mapping() ? node->find(key) : nullptr;
}

// The name of a property of the body that is a password, or empty.
std::string_view password_in(const document::Node& operation, const document::Node& root) {
  const auto of_schema = [&](const document::Node* schema) -> std::string_view {
    const document::Node* properties = find(there(schema, root), "properties");
    if (properties == nullptr || !properties->is_mapping()) return {};
    for (const document::Entry& property : properties->entries()) {
      if (is_password_name(property.key)) return property.key;
      const document::Node* format = find(there(&property.value, root), "format");
      if (format != nullptr && format->text() == "password") return property.key;
    }
    return {};
  };
  if (const document::Node* content = find(there(operation.find("requestBody"), root), "content")) {
    for (const document::Entry& type : content->entries()) {
      if (const auto name = of_schema(find(&type.value, "schema")); !name.empty()) return name;
    }
  }
  if (const document::Node* parameters = operation.find("parameters"); parameters != nullptr) {
    for (const document::Node& one : parameters->items()) {  // Swagger 2.0
      const document::Node* parameter = there(&one, root);
      const document::Node* place = find(parameter, "in");
      if (place == nullptr) continue;
      if (place->text() == "body") {
        if (const auto name = of_schema(find(parameter, "schema")); !name.empty()) return name;
      }
      const document::Node* name = find(parameter, "name");
      if (place->text() == "formData" && name != nullptr && is_password_name(name->text())) return name->text();
    }
  }
  return {};
}

// Paths of the token endpoints that the security schemes name.
std::vector<std::string> token_paths(const document::Node& root) {
  std::vector<std::string> out;
  const document::Node* schemes = find(find(&root, "components"), "securitySchemes");
  if (schemes == nullptr) schemes = find(&root, "securityDefinitions");
  if (schemes == nullptr || !schemes->is_mapping()) return out;
  const auto add = [&](const document::Node* url) {
    if (url == nullptr) return;
    std::string_view text = url->text();
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
      text.remove_prefix(scheme + 3);
      text.remove_prefix(std::min(text.find('/'), text.size()));
    }
    text = text.substr(0, text.find_first_of("?#"));
    if (!text.empty()) out.emplace_back(text);
  };
  for (const document::Entry& scheme : schemes->entries()) {
    const document::Node* one = there(&scheme.value, root);
    add(find(one, "tokenUrl"));
    const document::Node* flows = find(one, "flows");
    if (flows == nullptr || !flows->is_mapping()) continue;
    for (const document::Entry& flow : flows->entries()) add(find(&flow.value, "tokenUrl"));
  }
  return out;
}

bool says_login(std::string_view tag) {
  std::string word;
  for (const char c : tag) {
    if (is_letter(c)) word += lower(c);
  }
  return word == "login" || word == "signin" || word == "token" || word == "passwordreset" || word == "authentication";
}

// Everything else has a word that says it is sent or made anew, and no proof to be wrong about.
bool is_request_for_help(const Operation& operation) {
  const std::string text = lower_case(operation.operation_id + " " + operation.path_template);
  return text.contains("forgot") || (text.contains("reset") && !text.contains("confirm"));
}

std::optional<std::string> why_login(const Operation& operation, const engine::Scope& scope,
                                     const std::vector<std::string>& tokens) {
  const bool writes = operation.method_token == "POST" || operation.method_token == "PUT";
  if (!writes) return std::nullopt;
  for (const std::string& path : tokens) {
    if (operation.path_template.ends_with(path)) return "a security scheme has its tokens from there";
  }
  if (const auto word = rate_limit::classify(operation); word.is == Class::login) return word.why;
  for (const std::string& tag : operation.tags) {
    if (says_login(tag)) return "its tag is `" + tag + "`";
  }
  if (scope.spec == nullptr || operation.index >= scope.origins.size()) return std::nullopt;
  const document::Node* node = scope.spec->sources[scope.origins[operation.index]].operation;
  if (node == nullptr || operation.method_token != "POST" || scope.spec->documents.empty()) return std::nullopt;
  if (const auto name = password_in(*node, scope.spec->documents.front()->root()); !name.empty()) {
    return "its body has `" + std::string(name) + "`";
  }
  return std::nullopt;
}

}  // namespace

Operations Operations::make(const Config& config, const engine::Scope& scope, const document::Node* at,
                            config::Report& report) {
  Operations out;
  out.any_.why = "the last word of the path says so";
  if (scope.api == nullptr) return out;  // calls that no API claims reach nothing
  out.has_spec_ = scope.api->has_spec;
  out.by_words_ = !out.has_spec_ && config.infer;
  std::vector<bool> used(config.operations.size());
  if (!out.has_spec_) {
    for (const LoginOperation& rule : config.operations) {
      out.logins_.push_back({rule, rule.operation, "the configuration says so"});
    }
    return out;
  }
  std::vector<std::string> tokens;
  if (scope.spec != nullptr && !scope.spec->documents.empty()) {
    tokens = token_paths(scope.spec->documents.front()->root());
  }
  out.by_operation_.assign(scope.api->operations.size(), none);
  for (const Operation& operation : scope.api->operations) {
    std::optional<Login> login;
    if (const auto why = why_login(operation, scope, tokens); why && config.infer) {
      login = Login{{}, operation.label, *why};
      login->rule.every = is_request_for_help(operation);
    }
    for (std::size_t i = 0; i < config.operations.size(); ++i) {
      const LoginOperation& rule = config.operations[i];
      if (rule.operation != operation.operation_id && rule.operation != operation.label) continue;
      used[i] = true;
      login = rule.login ? std::optional(Login{rule, operation.label, "the configuration says so"}) : std::nullopt;
    }
    if (!login) continue;
    out.by_operation_[operation.index] = static_cast<std::uint32_t>(out.logins_.size());
    out.logins_.push_back(std::move(*login));
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i] || at == nullptr) continue;
    report.error(*at, "the specification has no operation `" + config.operations[i].operation + "`",
                 "its operationId, or POST /login");
  }
  return out;
}

const Operations::Login* Operations::find(const Context& context) const {
  const Route& route = context.route();
  if (has_spec_) {
    if (route.operation == nullptr || route.operation->index >= by_operation_.size()) return nullptr;
    const std::uint32_t at = by_operation_[route.operation->index];
    return at == none ? nullptr : &logins_[at];
  }
  const Request& request = context.request();
  for (const Login& login : logins_) {
    const std::string_view label = login.label;
    const std::size_t space = label.find(' ');
    if (space == std::string_view::npos || label.substr(0, space) != request.method_token) continue;
    if (label.substr(space + 1) == request.path) return login.rule.login ? &login : nullptr;
  }
  const bool words = by_words_ && rate_limit::classify(request.method_token, request.path) == Class::login;
  return words ? &any_ : nullptr;
}

}  // namespace sallyport::controls::protect_logins
