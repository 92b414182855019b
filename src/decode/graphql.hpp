// GraphQL documents (specification of October 2021): operations, fragments and type systems,
// as a syntax tree. What a document means against a schema is the room graphql.
//
// All nodes are of one kind of struct; children keep the order of the source. What a node holds:
//
//   operation            name, detail "query" | "mutation" | "subscription" (also for "{ … }");
//                        variable_definition*, directive*, selections
//   field                name, detail alias; argument*, directive*, selections
//   spread               name; directive*
//   inline_fragment      detail type condition; directive*, selections
//   fragment             name, detail type condition; directive*, selections
//   variable_definition  name; type, default value?, directive*
//   argument, object_field   name; value
//   directive            name; argument*
//   values               name: variable's name, number as written, string unescaped, enum's name
//   *_type               name of a named_type; list_type and non_null_type hold one type
//   type definitions     name; implements*, directive*, field_definition* | member* | enum_value*
//                        | input_value*
//   field_definition     name; input_value*, type, directive*
//   input_value          name; type, default value?, directive*
//   directive_definition name; input_value*, location*
//   schema               directive*, operation_type* (name "query", detail type)
#pragma once

#include <cstdint>
#include <expected>
#include <iterator>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class GraphqlKind : std::uint8_t {
  document,
  operation,
  fragment,
  field,
  spread,
  inline_fragment,
  variable_definition,
  argument,
  directive,
  variable,
  int_value,
  float_value,
  string_value,
  boolean_value,
  null_value,
  enum_literal,
  list_value,
  object_value,
  object_field,
  named_type,
  list_type,
  non_null_type,
  schema,
  operation_type,
  scalar_definition,
  object_definition,
  interface_definition,
  union_definition,
  enum_definition,
  input_definition,
  field_definition,
  input_value,
  implements,
  member,
  enum_value,
  directive_definition,
  location,
};

struct GraphqlNode {
  GraphqlKind kind = GraphqlKind::document;
  bool extension = false;   // extend type …
  bool repeatable = false;  // of a directive definition
  bool braces = false;      // of an operation: has the short form "{ … }"
  std::uint32_t offset = 0;
  std::string_view name;
  std::string_view detail;
  const GraphqlNode* first_child = nullptr;
  const GraphqlNode* next_sibling = nullptr;

  class Iterator {
   public:
    using value_type = GraphqlNode;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(const GraphqlNode* at) : at_(at) {}
    const GraphqlNode& operator*() const noexcept { return *at_; }
    const GraphqlNode* operator->() const noexcept { return at_; }
    Iterator& operator++() noexcept {
      at_ = at_->next_sibling;
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const GraphqlNode* at_ = nullptr;
  };
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(first_child); }
  [[nodiscard]] static Iterator end() noexcept { return {}; }

  [[nodiscard]] bool is(GraphqlKind wanted) const noexcept { return kind == wanted; }
  [[nodiscard]] bool is_selection() const noexcept {
    return kind == GraphqlKind::field || kind == GraphqlKind::spread || kind == GraphqlKind::inline_fragment;
  }
  [[nodiscard]] bool is_value() const noexcept {
    return kind >= GraphqlKind::variable && kind <= GraphqlKind::object_value;
  }
  [[nodiscard]] bool is_type() const noexcept {
    return kind >= GraphqlKind::named_type && kind <= GraphqlKind::non_null_type;
  }
  // The first child that is a value, a type; null when there is none.
  [[nodiscard]] const GraphqlNode* value() const noexcept;
  [[nodiscard]] const GraphqlNode* type() const noexcept;
  [[nodiscard]] bool has_selections() const noexcept;
  // What a field answers under.
  [[nodiscard]] std::string_view response_name() const noexcept { return detail.empty() ? name : detail; }
};

struct GraphqlLimits {
  std::uint32_t nesting = 32;            // selections, values and types inside each other
  std::uint32_t nodes = 10'000;          // of the tree
  std::uint32_t name_bytes = 256;        // of one name
  std::uint32_t string_bytes = 1 << 20;  // of one string, unescaped
};

// `text` is UTF-8. The tree lives as long as text and arena. Linear. Rules: "graphql" (syntax),
// "utf8", and the names of GraphqlLimits.
[[nodiscard]] std::expected<const GraphqlNode*, Refusal> parse_graphql(std::string_view text, Arena& arena,
                                                                       const GraphqlLimits& limits = {});

}  // namespace sallyport::decode
