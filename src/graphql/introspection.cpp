#include "graphql/introspection.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.hpp"
#include "decode/graphql.hpp"
#include "decode/json.hpp"

namespace sallyport::graphql {
namespace {

using decode::Kind;
using decode::Value;

constexpr decode::Limits generous{.depth = 64, .names = 4'000'000, .values = 8'000'000};
constexpr unsigned max_type_depth = 32;  // as the SDL parser's

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// One constant and nothing behind it.
bool is_constant(std::string_view text) {
  Arena arena;
  const std::string document = "directive @d(a: A = " + std::string(text) + "\n) on FIELD";
  const auto tree = decode::parse_graphql(document, arena);
  if (!tree || (*tree)->first_child == nullptr || (*tree)->first_child->next_sibling != nullptr) return false;
  std::size_t values = 0;
  std::size_t others = 0;
  for (const decode::GraphqlNode& child : *(*tree)->first_child) {
    if (!child.is(decode::GraphqlKind::input_value)) continue;
    ++values;
    for (const decode::GraphqlNode& part : child) others += part.is(decode::GraphqlKind::directive) ? 1 : 0;
  }
  return values == 1 && others == 0;
}

class Printer {
 public:
  Result<std::string> print(const Value& schema) {
    const Value* types = schema.find("types");
    if (types == nullptr || !types->is(Kind::array)) return wrong("`types` is not there");
    if (!roots(schema)) return wrong(problem_);
    for (const Value& type : *types) {
      if (!definition(type)) return wrong(problem_);
    }
    const Value* directives = schema.find("directives");
    if (directives != nullptr && directives->is(Kind::array)) {
      for (const Value& one : *directives) {
        if (!directive(one)) return wrong(problem_);
      }
    }
    return std::move(out_);
  }

 private:
  Result<std::string> wrong(std::string_view what) const {
    return fail(ErrorCode::invalid, "introspection: " + std::string(what), where_);
  }
  bool refuse(std::string_view what) {
    problem_ = what;
    return false;
  }
  static std::string_view text(const Value& object, std::string_view member) {
    const Value* found = object.find(member);
    return found != nullptr && found->is(Kind::string) ? found->text() : std::string_view();
  }
  bool name(const Value& object) {
    const std::string_view found = text(object, "name");
    if (!is_name(found)) return refuse("a name is missing or none");
    out_ += found;
    return true;
  }
  static const Value* list(const Value& object, std::string_view member) {
    const Value* found = object.find(member);
    return found != nullptr && found->is(Kind::array) && found->size() != 0 ? found : nullptr;
  }

  bool roots(const Value& schema) {
    out_ += "schema {";
    constexpr std::array<std::array<std::string_view, 2>, 3> names = {
        {{"query", "queryType"}, {"mutation", "mutationType"}, {"subscription", "subscriptionType"}}};
    for (const auto& [operation, member] : names) {
      const Value* root = schema.find(member);
      if (root == nullptr || root->is(Kind::null)) continue;
      out_.append(" ").append(operation).append(": ");
      if (!name(*root)) return false;
    }
    out_ += " }\n";
    return true;
  }

  bool type(const Value* one, unsigned depth = 0) {
    if (one == nullptr || depth == max_type_depth) return refuse("a type is missing, or lists are too deep");
    const std::string_view kind = text(*one, "kind");
    if (kind == "LIST") {
      out_ += "[";
      if (!type(one->find("ofType"), depth + 1)) return false;
      out_ += "]";
      return true;
    }
    if (kind != "NON_NULL") return name(*one);
    const Value* inner = one->find("ofType");
    if (inner == nullptr || text(*inner, "kind") == "NON_NULL") return refuse("a type is missing");
    if (!type(inner, depth + 1)) return false;
    out_ += "!";
    return true;
  }

  bool input(const Value& one) {
    out_ += " ";
    if (!name(one)) return false;
    out_ += ": ";
    if (!type(one.find("type"))) return false;
    const Value* otherwise = one.find("defaultValue");
    if (otherwise == nullptr || otherwise->is(Kind::null)) return true;
    if (!otherwise->is(Kind::string) || !is_constant(otherwise->text())) return refuse("a default that is no value");
    out_.append(" = ").append(otherwise->text()).append("\n");
    return true;
  }
  bool inputs(const Value* all, std::string_view open, std::string_view close) {
    if (all == nullptr) return true;
    out_ += open;
    for (const Value& one : *all) {
      if (!input(one)) return false;
    }
    out_ += close;
    return true;
  }

  // "A & B", "A | B".
  bool names(const Value* all, std::string_view before, std::string_view between) {
    if (all == nullptr) return true;
    for (const Value& one : *all) {
      out_ += before;
      before = between;
      if (!name(one)) return false;
    }
    return true;
  }

  bool definition(const Value& one) {
    where_ = text(one, "name");
    constexpr std::array<std::string_view, 5> everywhere = {"Int", "Float", "String", "Boolean", "ID"};
    if (where_.starts_with("__") || std::ranges::find(everywhere, where_) != everywhere.end()) return true;
    struct Keyword {
      std::string_view kind;
      std::string_view word;
    };
    constexpr std::array<Keyword, 6> keywords = {{{"SCALAR", "scalar "},
                                                  {"OBJECT", "type "},
                                                  {"INTERFACE", "interface "},
                                                  {"UNION", "union "},
                                                  {"ENUM", "enum "},
                                                  {"INPUT_OBJECT", "input "}}};
    const std::string_view kind = text(one, "kind");
    const auto found = std::ranges::find(keywords, kind, &Keyword::kind);
    if (found == keywords.end()) return refuse("a type of no kind");
    out_ += found->word;
    if (!name(one)) return false;
    if (kind == "UNION" && !names(list(one, "possibleTypes"), " = ", " | ")) return false;
    if (kind == "OBJECT" || kind == "INTERFACE") {
      if (!names(list(one, "interfaces"), " implements ", " & ") || !fields(list(one, "fields"))) return false;
    }
    if (kind == "ENUM") {
      const Value* values = list(one, "enumValues");
      out_ += values == nullptr ? "" : " {";
      if (!names(values, " ", " ")) return false;
      out_ += values == nullptr ? "" : " }";
    }
    if (kind == "INPUT_OBJECT") {
      const Value* one_of = one.find("isOneOf");
      if (one_of != nullptr && one_of->is(Kind::boolean) && one_of->boolean()) out_ += " @oneOf";
      if (!inputs(list(one, "inputFields"), " {", " }")) return false;
    }
    out_ += "\n";
    return true;
  }

  bool fields(const Value* all) {
    if (all == nullptr) return true;
    out_ += " {";
    for (const Value& one : *all) {
      out_ += "\n  ";
      if (!name(one) || !inputs(list(one, "args"), "(", ")")) return false;
      out_ += ": ";
      if (!type(one.find("type"))) return false;
    }
    out_ += "\n}";
    return true;
  }

  bool directive(const Value& one) {
    where_ = "@" + std::string(text(one, "name"));
    const Value* locations = list(one, "locations");
    if (locations == nullptr) return refuse("a directive that stands nowhere");
    out_ += "directive @";
    if (!name(one) || !inputs(list(one, "args"), "(", ")")) return false;
    const Value* repeatable = one.find("isRepeatable");
    if (repeatable != nullptr && repeatable->is(Kind::boolean) && repeatable->boolean()) out_ += " repeatable";
    // Places in the type system matter to nobody here, and new ones come with each edition.
    constexpr std::array<std::string_view, 8> known = {
        "QUERY",           "MUTATION",        "SUBSCRIPTION",       "FIELD", "FRAGMENT_DEFINITION",
        "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION"};
    std::string places;
    for (const Value& location : *locations) {
      if (!location.is(Kind::string)) return refuse("a directive's place that is no name");
      if (std::ranges::find(known, location.text()) != known.end()) places.append(" | ").append(location.text());
    }
    out_ += " on" + (places.empty() ? " SCHEMA" : places) + "\n";
    return true;
  }

  std::string out_;
  std::string where_;
  std::string_view problem_;
};

}  // namespace

Result<std::string> sdl_of_introspection(std::string_view json) {
  Arena arena;
  const auto tree = decode::parse_json(json, arena, generous);
  if (!tree) return fail(ErrorCode::invalid, "introspection: " + std::string(tree.error().detail));
  const Value* root = *tree;
  if (const Value* inner = root->find("data"); inner != nullptr && inner->is(Kind::object)) root = inner;
  const Value* schema = root->find("__schema");
  if (schema == nullptr || !schema->is(Kind::object)) {
    return fail(ErrorCode::invalid, "introspection: there is no `__schema`");
  }
  return Printer().print(*schema);
}

}  // namespace sallyport::graphql
