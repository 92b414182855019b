// Long because the grammar is one thing: each function is one of its productions.
#include "decode/graphql.hpp"

#include <algorithm>
#include <array>
#include <new>

#include "base/utf8.hpp"
#include "decode/graphql_lexer.hpp"

namespace sallyport::decode {
namespace {

using Token = GraphqlToken;
using Kind = GraphqlKind;

constexpr auto directive_locations = std::to_array<std::string_view>(
    {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
     "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE",
     "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION"});

class Parser {
 public:
  Parser(std::string_view text, Arena& arena, const GraphqlLimits& limits)
      : lexer_(text, arena, limits.string_bytes), arena_(arena), limits_(limits) {}

  std::expected<const GraphqlNode*, Refusal> run() {
    Made document = make(Kind::document);
    if (document.node == nullptr || !advance()) return std::unexpected(refusal_);
    do {
      if (!definition(document)) return std::unexpected(refusal_);
    } while (token_.kind != Token::Kind::end);
    return document.node;
  }

 private:
  // A node whose children are still being added.
  struct Made {
    GraphqlNode* node = nullptr;
    GraphqlNode* last = nullptr;
    void add(GraphqlNode* child) {
      if (last == nullptr) {
        node->first_child = child;
      } else {
        last->next_sibling = child;
      }
      last = child;
    }
  };

  bool refuse(std::string_view rule, std::string_view detail) {
    refusal_ = {rule, detail, token_.offset};
    return false;
  }
  bool unexpected(std::string_view detail) { return refuse("graphql", detail); }

  bool advance() {
    if (!lexer_.next(token_)) {
      refusal_ = lexer_.refusal();
      return false;
    }
    if (token_.kind == Token::Kind::name && token_.text.size() > limits_.name_bytes) {
      return refuse("name_bytes", "a name is too long");
    }
    return true;
  }
  [[nodiscard]] bool at(char punctuator) const {
    return token_.kind == Token::Kind::punctuator && token_.text.front() == punctuator;
  }
  [[nodiscard]] bool at(std::string_view keyword) const {
    return token_.kind == Token::Kind::name && token_.text == keyword;
  }
  bool expect(char punctuator, std::string_view detail) {
    if (!at(punctuator)) return unexpected(detail);
    return advance();
  }
  bool expect(std::string_view keyword) {
    if (!at(keyword)) return unexpected("expected another keyword");
    return advance();
  }
  bool name(std::string_view& out) {
    if (token_.kind != Token::Kind::name) return unexpected("expected a name");
    out = token_.text;
    return advance();
  }

  Made make(Kind kind) {
    if (nodes_++ == limits_.nodes) {
      refuse("nodes", "too many nodes");
      return {};
    }
    auto* node = ::new (arena_.allocate(sizeof(GraphqlNode), alignof(GraphqlNode))) GraphqlNode;
    node->kind = kind;
    node->offset = token_.offset;
    return {node, nullptr};
  }
  // A child of `parent`.
  bool child(Made& parent, Kind kind, Made& out) {
    out = make(kind);
    if (out.node == nullptr) return false;
    parent.add(out.node);
    return true;
  }

  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) { ++parser_.nesting_; }
    ~Level() { --parser_.nesting_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    [[nodiscard]] bool good() {
      return parser_.nesting_ <= parser_.limits_.nesting || parser_.refuse("nesting", "too many levels");
    }

   private:
    Parser& parser_;
  };

  bool definition(Made& document) {
    if (at('{')) return operation(document);
    const bool described = token_.kind == Token::Kind::string;
    if (described && !advance()) return false;
    if (!described && (at("query") || at("mutation") || at("subscription"))) return operation(document);
    if (!described && at("fragment")) return fragment(document);
    const bool extension = !described && at("extend");
    if (extension && !advance()) return false;
    return type_system(document, extension);
  }

  bool operation(Made& document) {
    Made made;
    if (!child(document, Kind::operation, made)) return false;
    made.node->detail = "query";
    made.node->braces = at('{');
    if (made.node->braces) return selections(made);
    made.node->detail = token_.text;
    if (!advance()) return false;
    if (token_.kind == Token::Kind::name && !name(made.node->name)) return false;
    if (at('(') && !variable_definitions(made)) return false;
    return directives(made, false) && selections(made);
  }

  bool variable_definitions(Made& parent) {
    if (!advance()) return false;
    do {
      Made made;
      if (!child(parent, Kind::variable_definition, made) || !expect('$', "expected a variable") ||
          !name(made.node->name) || !expect(':', "expected ':'") || !type(made)) {
        return false;
      }
      if (at('=') && (!advance() || !value(made, true))) return false;
      if (!directives(made, true)) return false;
    } while (!at(')'));
    return advance();
  }

  bool fragment(Made& document) {
    Made made;
    if (!child(document, Kind::fragment, made) || !advance()) return false;
    if (at("on")) return unexpected("a fragment is not called 'on'");
    return name(made.node->name) && expect("on") && name(made.node->detail) && directives(made, false) &&
           selections(made);
  }

  bool selections(Made& parent) {
    Level level(*this);
    if (!level.good() || !expect('{', "expected '{'")) return false;
    do {
      if (!selection(parent)) return false;
    } while (!at('}'));
    return advance();
  }

  bool selection(Made& parent) {
    Made made;
    if (token_.kind == Token::Kind::spread) {
      if (!child(parent, Kind::inline_fragment, made) || !advance()) return false;
      if (token_.kind == Token::Kind::name && token_.text != "on") {
        made.node->kind = Kind::spread;
        return name(made.node->name) && directives(made, false);
      }
      if (at("on") && (!advance() || !name(made.node->detail))) return false;
      return directives(made, false) && selections(made);
    }
    if (!child(parent, Kind::field, made) || !name(made.node->name)) return false;
    if (at(':')) {
      made.node->detail = made.node->name;
      if (!advance() || !name(made.node->name)) return false;
    }
    if (at('(') && !arguments(made, false)) return false;
    return directives(made, false) && (!at('{') || selections(made));
  }

  bool arguments(Made& parent, bool constant) {
    if (!advance()) return false;
    do {
      Made made;
      if (!child(parent, Kind::argument, made) || !name(made.node->name) || !expect(':', "expected ':'") ||
          !value(made, constant)) {
        return false;
      }
    } while (!at(')'));
    return advance();
  }

  bool directives(Made& parent, bool constant) {
    while (at('@')) {
      Made made;
      if (!child(parent, Kind::directive, made) || !advance() || !name(made.node->name)) return false;
      if (at('(') && !arguments(made, constant)) return false;
    }
    return true;
  }

  bool scalar(Made& parent, Kind kind) {
    Made made;
    if (!child(parent, kind, made)) return false;
    made.node->name = token_.text;
    return advance();
  }

  bool value(Made& parent, bool constant) {
    Level level(*this);
    if (!level.good()) return false;
    switch (token_.kind) {
      case Token::Kind::int_value:
        return scalar(parent, Kind::int_value);
      case Token::Kind::float_value:
        return scalar(parent, Kind::float_value);
      case Token::Kind::string:
        return scalar(parent, Kind::string_value);
      case Token::Kind::name:
        if (at("true") || at("false")) return scalar(parent, Kind::boolean_value);
        return scalar(parent, at("null") ? Kind::null_value : Kind::enum_literal);
      case Token::Kind::punctuator:
        return composite(parent, constant);
      case Token::Kind::end:
      case Token::Kind::spread:
        break;
    }
    return unexpected("expected a value");
  }

  bool composite(Made& parent, bool constant) {
    Made made;
    if (at('$')) {
      if (constant) return unexpected("a variable in a constant");
      return child(parent, Kind::variable, made) && advance() && name(made.node->name);
    }
    if (at('[')) {
      if (!child(parent, Kind::list_value, made) || !advance()) return false;
      while (!at(']')) {
        if (!value(made, constant)) return false;
      }
      return advance();
    }
    if (!at('{')) return unexpected("expected a value");
    if (!child(parent, Kind::object_value, made) || !advance()) return false;
    while (!at('}')) {
      Made field;
      if (!child(made, Kind::object_field, field) || !name(field.node->name) || !expect(':', "expected ':'") ||
          !value(field, constant)) {
        return false;
      }
    }
    return advance();
  }

  bool type(Made& parent) {
    Level level(*this);
    if (!level.good()) return false;
    Made made = make(at('[') ? Kind::list_type : Kind::named_type);
    if (made.node == nullptr) return false;
    if (at('[')) {
      if (!advance() || !type(made) || !expect(']', "expected ']'")) return false;
    } else if (!name(made.node->name)) {
      return false;
    }
    if (!at('!')) {
      parent.add(made.node);
      return true;
    }
    Made outer;
    if (!child(parent, Kind::non_null_type, outer)) return false;
    outer.add(made.node);
    return advance();
  }

  bool type_system(Made& document, bool extension) {
    struct Keyword {
      std::string_view word;
      Kind kind;
    };
    static constexpr auto keywords = std::to_array<Keyword>({{"schema", Kind::schema},
                                                             {"scalar", Kind::scalar_definition},
                                                             {"type", Kind::object_definition},
                                                             {"interface", Kind::interface_definition},
                                                             {"union", Kind::union_definition},
                                                             {"enum", Kind::enum_definition},
                                                             {"input", Kind::input_definition},
                                                             {"directive", Kind::directive_definition}});
    const auto found = std::ranges::find_if(keywords, [&](const Keyword& keyword) { return at(keyword.word); });
    if (found == keywords.end() || (extension && found->kind == Kind::directive_definition)) {
      return unexpected("expected a definition");
    }
    Made made;
    if (!child(document, found->kind, made) || !advance()) return false;
    made.node->extension = extension;
    if (found->kind == Kind::schema) return schema(made);
    if (found->kind == Kind::directive_definition) return directive_definition(made);
    if (!name(made.node->name)) return false;
    const bool with_fields = found->kind == Kind::object_definition || found->kind == Kind::interface_definition;
    if (with_fields && at("implements") && !implements(made)) return false;
    if (!directives(made, true) || !body(made)) return false;
    if (extension && made.node->first_child == nullptr) return unexpected("an extension that adds nothing");
    return true;
  }

  // What stands in the braces of a type, or behind the '=' of a union.
  bool body(Made& made) {
    if (made.node->kind == Kind::union_definition) return !at('=') || members(made);
    if (made.node->kind == Kind::scalar_definition || !at('{')) return true;
    if (!advance()) return false;
    do {
      if (token_.kind == Token::Kind::string && !advance()) return false;
      bool good = false;
      if (made.node->kind == Kind::enum_definition) {
        good = enum_value(made);
      } else if (made.node->kind == Kind::input_definition) {
        good = input_value(made);
      } else {
        good = field_definition(made);
      }
      if (!good) return false;
    } while (!at('}'));
    return advance();
  }

  bool schema(Made& made) {
    if (!directives(made, true)) return false;
    if (!at('{')) {
      if (!made.node->extension || made.node->first_child == nullptr) return unexpected("expected '{'");
      return true;
    }
    if (!advance()) return false;
    do {
      Made type;
      if (!at("query") && !at("mutation") && !at("subscription")) return unexpected("expected an operation type");
      if (!child(made, Kind::operation_type, type) || !name(type.node->name) || !expect(':', "expected ':'") ||
          !name(type.node->detail)) {
        return false;
      }
    } while (!at('}'));
    return advance();
  }

  bool implements(Made& made) {
    if (!advance() || (at('&') && !advance())) return false;
    for (;;) {
      Made one;
      if (!child(made, Kind::implements, one) || !name(one.node->name)) return false;
      if (!at('&')) return true;
      if (!advance()) return false;
    }
  }

  bool members(Made& made) {
    if (!advance() || (at('|') && !advance())) return false;
    for (;;) {
      Made one;
      if (!child(made, Kind::member, one) || !name(one.node->name)) return false;
      if (!at('|')) return true;
      if (!advance()) return false;
    }
  }

  bool enum_value(Made& made) {
    if (at("true") || at("false") || at("null")) return unexpected("a value that no enum may have");
    Made one;
    return child(made, Kind::enum_value, one) && name(one.node->name) && directives(one, true);
  }

  bool field_definition(Made& made) {
    Made one;
    if (!child(made, Kind::field_definition, one) || !name(one.node->name)) return false;
    if (at('(') && !input_values(one)) return false;
    return expect(':', "expected ':'") && type(one) && directives(one, true);
  }

  bool input_values(Made& made) {
    if (!advance()) return false;
    do {
      if (token_.kind == Token::Kind::string && !advance()) return false;
      if (!input_value(made)) return false;
    } while (!at(')'));
    return advance();
  }

  bool input_value(Made& made) {
    Made one;
    if (!child(made, Kind::input_value, one) || !name(one.node->name) || !expect(':', "expected ':'") || !type(one)) {
      return false;
    }
    if (at('=') && (!advance() || !value(one, true))) return false;
    return directives(one, true);
  }

  bool directive_definition(Made& made) {
    if (!expect('@', "expected '@'") || !name(made.node->name)) return false;
    if (at('(') && !input_values(made)) return false;
    if (at("repeatable")) {
      made.node->repeatable = true;
      if (!advance()) return false;
    }
    if (!expect("on") || (at('|') && !advance())) return false;
    for (;;) {
      if (std::ranges::find(directive_locations, token_.text) == directive_locations.end()) {
        return unexpected("expected a place for directives");
      }
      Made one;
      if (!child(made, Kind::location, one) || !name(one.node->name)) return false;
      if (!at('|')) return true;
      if (!advance()) return false;
    }
  }

  GraphqlLexer lexer_;
  Arena& arena_;
  const GraphqlLimits limits_;
  Token token_;
  std::uint32_t nodes_ = 0;
  std::uint32_t nesting_ = 0;
  Refusal refusal_;
};

template <class Test>
const GraphqlNode* first(const GraphqlNode& parent, Test test) {
  for (const GraphqlNode& child : parent) {
    if (test(child)) return &child;
  }
  return nullptr;
}

}  // namespace

const GraphqlNode* GraphqlNode::value() const noexcept {
  return first(*this, [](const GraphqlNode& child) { return child.is_value(); });
}

const GraphqlNode* GraphqlNode::type() const noexcept {
  return first(*this, [](const GraphqlNode& child) { return child.is_type(); });
}

bool GraphqlNode::has_selections() const noexcept {
  return first(*this, [](const GraphqlNode& child) { return child.is_selection(); }) != nullptr;
}

std::expected<const GraphqlNode*, Refusal> parse_graphql(std::string_view text, Arena& arena,
                                                         const GraphqlLimits& limits) {
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return std::unexpected(Refusal{"utf8", "not UTF-8", bad});
  }
  return Parser(text, arena, limits).run();
}

}  // namespace sallyport::decode
