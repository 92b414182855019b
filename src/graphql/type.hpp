// What a GraphQL schema is made of (October 2021 §3, and @oneOf of September 2025 §3.10.1). Plain
// structs in the arrays of a Schema, which owns them and all their names.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::graphql {

enum class TypeKind : std::uint8_t { scalar, object, interface, union_type, enumeration, input };
// How the literals and values of a scalar are judged. `any`: what the schema names itself.
enum class ScalarKind : std::uint8_t { any, integer, floating, text, boolean, id };

// A named type in its wrappers, outermost first in the low bits. 8 bytes, compared as they are.
struct TypeRef {
  static constexpr unsigned max_wrappers = 16;  // lists and exclamation marks
  static constexpr std::uint32_t list = 1;
  static constexpr std::uint32_t required = 2;

  std::uint32_t type = 0;      // place in Schema::types()
  std::uint32_t wrappers = 0;  // two bits each

  [[nodiscard]] bool is_required() const noexcept { return (wrappers & 3u) == required; }
  [[nodiscard]] bool is_list() const noexcept { return (wrappers & 3u) == list; }
  // Without the outermost wrapper; without its exclamation mark; of a list its items.
  [[nodiscard]] TypeRef inner() const noexcept { return {type, wrappers >> 2u}; }
  [[nodiscard]] TypeRef nullable() const noexcept { return is_required() ? inner() : *this; }
  friend bool operator==(const TypeRef&, const TypeRef&) = default;
};

// An argument, or a field of an input object.
struct Input {
  std::string_view name;
  TypeRef type;
  bool has_default = false;
  std::uint32_t default_count = 0;  // the default, when it is a whole number above nothing
  [[nodiscard]] bool is_required() const noexcept { return type.is_required() && !has_default; }
};

// A run of one of the schema's arrays.
struct Run {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

struct Field {
  std::string_view name;
  TypeRef type;
  std::uint32_t parent = 0;  // type that has it
  Run arguments;             // of Schema::inputs()
  // By @cost and @listSize (IBM's GraphQL Cost Directives), where the schema has them.
  std::uint32_t weight = 1;        // rounded up
  std::uint32_t assumed_size = 0;  // of the list that it is, or that it holds; 0: not said
  std::uint32_t slicing = 0;       // a bit for each of the first 32 arguments that say its size; 0: not said
};

struct Type {
  std::string_view name;
  TypeKind kind = TypeKind::scalar;
  ScalarKind scalar = ScalarKind::any;
  bool one_of = false;
  Run fields;                  // of Schema::fields(); objects and interfaces
  Run inputs;                  // of Schema::inputs(); input objects
  Run interfaces;              // of Schema::interfaces(); objects and interfaces
  std::uint32_t object = 0;    // number among the objects
  std::uint32_t possible = 0;  // of objects, interfaces and unions: first word of its set of objects

  [[nodiscard]] bool is_leaf() const noexcept { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
  [[nodiscard]] bool is_composite() const noexcept {
    return kind == TypeKind::object || kind == TypeKind::interface || kind == TypeKind::union_type;
  }
  [[nodiscard]] bool has_fields() const noexcept { return kind == TypeKind::object || kind == TypeKind::interface; }
  [[nodiscard]] bool is_input() const noexcept { return is_leaf() || kind == TypeKind::input; }
  [[nodiscard]] bool is_output() const noexcept { return kind != TypeKind::input; }
};

struct Directive {
  std::string_view name;
  bool repeatable = false;
  std::uint32_t locations = 0;  // bits of Location
  Run arguments;
};

// Where directives stand in a document that is executed; places of the type system are not kept.
enum class Location : std::uint8_t {
  query,
  mutation,
  subscription,
  field,
  fragment_definition,
  fragment_spread,
  inline_fragment,
  variable_definition,
};

}  // namespace sallyport::graphql
