#include "discover/difference.hpp"

#include <algorithm>

namespace sallyport::discover {
namespace {

using document::Node;

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

// The parameter itself, or what its `$ref` within the same document names; null when that is elsewhere.
const Node* resolved(const Node& node, const Spec& spec) {
  const Node* at = &node;
  for (int hops = 0; hops < 8; ++hops) {
    const Node* const reference = at->find("$ref");
    if (reference == nullptr) return at;
    std::string_view rest = reference->text();
    if (!rest.starts_with("#/") || spec.documents.empty()) return nullptr;
    rest.remove_prefix(2);
    at = &spec.documents.front()->root();
    while (at != nullptr && !rest.empty()) {
      const std::size_t end = std::min(rest.find('/'), rest.size());
      at = at->find(unescaped(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (at == nullptr) return nullptr;
  }
  return nullptr;
}

// Is a parameter of that name in the query declared? Also when it cannot be said.
bool declares_parameter(const OperationSource& source, std::string_view name, const Spec& spec) {
  std::vector<const Node*> holders(source.path_items);
  holders.insert(holders.begin(), source.operation);
  for (const Node* const holder : holders) {
    const Node* const parameters = holder->find("parameters");
    if (parameters == nullptr) continue;
    for (const Node& one : parameters->items()) {
      const Node* const parameter = resolved(one, spec);
      if (parameter == nullptr) return true;
      const Node* const in = parameter->find("in");
      const Node* const called = parameter->find("name");
      if (in == nullptr || called == nullptr || in->text() != "query") continue;
      // An object or an array may spread over names of its own: filter[age]=1.
      if (called->text() == name || name.starts_with(std::string(called->text()) + "[")) return true;
      const Node* const schema = parameter->find("schema");
      const Node* const type = schema != nullptr ? schema->find("type") : nullptr;
      if (schema != nullptr && (type == nullptr || type->text() == "object")) return true;
    }
  }
  // An API key may be one (OpenAPI, Swagger: `in: query`).
  const Node& root = spec.documents.front()->root();
  const Node* const components = root.find("components");
  const Node* const schemes =
      components != nullptr ? components->find("securitySchemes") : root.find("securityDefinitions");
  if (schemes == nullptr) return false;
  return std::ranges::any_of(schemes->entries(), [&](const document::Entry& one) {
    const Node* const in = one.value.find("in");
    const Node* const called = one.value.find("name");
    return in != nullptr && called != nullptr && in->text() == "query" && called->text() == name;
  });
}

bool declares_status(const OperationSource& source, std::uint16_t status) {
  const Node* const responses = source.operation->find("responses");
  if (responses == nullptr) return false;
  const std::string number = std::to_string(status);
  return std::ranges::any_of(responses->entries(), [&](const document::Entry& one) {
    return one.key == "default" || one.key == number ||
           (one.key.size() == 3 && (one.key.ends_with("XX") || one.key.ends_with("xx")) && one.key[0] == number[0]);
  });
}

}  // namespace

std::string_view word(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::undeclared:
      return "undeclared";
    case Difference::Kind::parameter:
      return "parameter";
    case Difference::Kind::status:
      return "status";
    case Difference::Kind::retired:
      return "retired";
    case Difference::Kind::unused:
      return "unused";
  }
  return "undeclared";
}

std::vector<Difference> compare(const LearnedApi& api, const std::vector<LearnedEndpoint>& endpoints,
                                const Spec& spec) {
  std::vector<Difference> out;
  for (const LearnedEndpoint& one : endpoints) {
    const auto add = [&](Difference::Kind kind, std::string what, std::uint64_t calls) {
      out.push_back({kind, one.method, one.path, std::move(what), calls});
    };
    if (one.declared == nullptr) {
      add(Difference::Kind::undeclared, {}, one.seen.calls);
      continue;
    }
    if (one.seen.calls == 0) {
      if (one.declared->stage != Stage::retired) add(Difference::Kind::unused, {}, 0);
      continue;
    }
    if (one.declared->stage == Stage::retired) add(Difference::Kind::retired, {}, one.seen.calls);
    const OperationSource& source = spec.sources.at(api.origin(*one.declared));
    for (const auto& [name, parameter] : one.seen.query) {
      if (!declares_parameter(source, name, spec)) add(Difference::Kind::parameter, name, parameter.calls);
    }
    for (const auto& [status, calls] : one.seen.statuses) {
      if (status != 0 && !declares_status(source, status)) add(Difference::Kind::status, std::to_string(status), calls);
    }
  }
  std::ranges::sort(out, {}, [](const Difference& d) { return std::tie(d.kind, d.path, d.method, d.what); });
  return out;
}

std::vector<Gap> gaps(const Spec& spec) {
  std::vector<Gap> out;
  for (const Operation& operation : spec.operations) {
    if (operation.stage == Stage::retired) continue;
    Gap gap{operation.method_token, operation.path_template, spec.sources[operation.index].operation->where(), {}};
    if (operation.owner.empty()) gap.lacks.emplace_back("owner");
    if (operation.purpose.empty()) gap.lacks.emplace_back("purpose");
    if (operation.data_classes.empty()) gap.lacks.emplace_back("data");
    if (!operation.security_declared) gap.lacks.emplace_back("auth");
    if (!gap.lacks.empty()) out.push_back(std::move(gap));
  }
  return out;
}

}  // namespace sallyport::discover
