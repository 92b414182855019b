#include "graphql/literal.hpp"

#include <algorithm>
#include <charconv>
#include <new>

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;
using decode::GraphqlNode;

bool is_int32(std::string_view text) {
  std::int32_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

struct Place {
  TypeRef type;
  bool typed = true;
  bool has_default = false;
  bool one_of = false;
};

class Literals {
 public:
  Literals(const Schema& schema, Arena& arena, VariableUses* uses) : schema_(schema), arena_(arena), uses_(uses) {}

  bool judge(const GraphqlNode& value, const Place& place) {
    if (value.is(GraphqlKind::variable)) return use(value, place);
    if (value.is(GraphqlKind::list_value)) return list(value, place);
    if (value.is(GraphqlKind::object_value)) return object(value, place);
    if (value.is(GraphqlKind::null_value)) {
      return !place.type.is_required() || refuse(value, "null where a value is required");
    }
    return leaf(value, schema_.of(place.type)) || refuse(value, "a value of another type");
  }

  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  bool refuse(const GraphqlNode& at, std::string_view detail, std::string_view name = {}) {
    failure_ = {"values_of_correct_type", detail, name, at.offset};
    return false;
  }

  bool use(const GraphqlNode& variable, const Place& place) {
    if (uses_ == nullptr) return refuse(variable, "a variable in a constant", variable.name);
    auto* made = ::new (arena_.allocate(sizeof(VariableUse), alignof(VariableUse)))
        VariableUse{&variable, place.type, place.typed, place.has_default, place.one_of, nullptr};
    (uses_->last == nullptr ? uses_->first : uses_->last->next) = made;
    uses_->last = made;
    return true;
  }

  bool leaf(const GraphqlNode& value, const Type& type) const {
    if (type.kind == TypeKind::enumeration) {
      return value.is(GraphqlKind::enum_literal) && schema_.has_value(type, value.name);
    }
    if (type.kind != TypeKind::scalar) return false;
    const bool whole = value.is(GraphqlKind::int_value);
    switch (type.scalar) {
      case ScalarKind::any:
        return true;
      case ScalarKind::integer:
        return whole && is_int32(value.name);
      case ScalarKind::floating:
        return whole || value.is(GraphqlKind::float_value);
      case ScalarKind::text:
        return value.is(GraphqlKind::string_value);
      case ScalarKind::boolean:
        return value.is(GraphqlKind::boolean_value);
      case ScalarKind::id:
        return whole || value.is(GraphqlKind::string_value);
    }
    return false;
  }

  bool takes_anything(TypeRef type) const {
    const Type& named = schema_.of(type);
    return named.kind == TypeKind::scalar && named.scalar == ScalarKind::any;
  }

  bool list(const GraphqlNode& value, const Place& place) {
    const TypeRef type = place.type.nullable();
    if (!type.is_list()) {
      if (!takes_anything(type)) return refuse(value, "a list where none is expected");
      return any(value, {.type = type});
    }
    for (const GraphqlNode& item : value) {
      if (!judge(item, {.type = type.inner()})) return false;
    }
    return true;
  }

  bool object(const GraphqlNode& value, const Place& place) {
    const Type& type = schema_.of(place.type);
    if (type.kind != TypeKind::input) {
      if (!takes_anything(place.type)) return refuse(value, "an object where none is expected");
      return any(value, {.type = place.type});
    }
    std::uint32_t given = 0;
    std::uint32_t required = 0;
    if (const GraphqlNode* twice = repeated(value, GraphqlKind::object_field, arena_)) return refuse_repeated(*twice);
    for (const GraphqlNode& field : value) {
      const Input* known = schema_.input_field(type, field.name);
      if (known == nullptr) return refuse(field, "the type has no such field", field.name);
      ++given;
      required += known->is_required() ? 1 : 0;
      const GraphqlNode& inner = *field.value();
      if (!judge(inner, {known->type, true, known->has_default, type.one_of})) return false;
      if (type.one_of && inner.is(GraphqlKind::null_value)) return refuse(inner, "null in a @oneOf type");
    }
    for (const Input& one : schema_.inputs(type)) required -= one.is_required() ? 1 : 0;
    if (required != 0) return refuse(value, "a required field is missing");
    return !type.one_of || given == 1 || refuse(value, "exactly one field must be given");
  }

  // Below a custom scalar: anything goes, but variables are uses and names stand once.
  bool any(const GraphqlNode& value, const Place& place) {
    if (value.is(GraphqlKind::variable)) return use(value, place);
    if (value.is(GraphqlKind::object_value)) {
      if (const GraphqlNode* twice = repeated(value, GraphqlKind::object_field, arena_)) return refuse_repeated(*twice);
      for (const GraphqlNode& field : value) {
        if (!any(*field.value(), {.type = {}, .typed = false})) return false;
      }
    } else if (value.is(GraphqlKind::list_value)) {
      for (const GraphqlNode& item : value) {
        if (!any(item, {.type = place.type, .typed = place.typed})) return false;
      }
    }
    return true;
  }

  bool refuse_repeated(const GraphqlNode& field) {
    failure_ = {"unique_input_field_names", "a field stands twice", field.name, field.offset};
    return false;
  }

  const Schema& schema_;
  Arena& arena_;
  VariableUses* uses_;
  Failure failure_;
};

}  // namespace

const GraphqlNode* repeated(const GraphqlNode& parent, GraphqlKind kind, Arena& arena) {
  std::size_t count = 0;
  for (const GraphqlNode& child : parent) count += child.is(kind) ? 1 : 0;
  if (count < 2) return nullptr;
  struct Named {
    std::string_view name;
    const GraphqlNode* node;
  };
  const auto all = arena.array<Named>(count);
  std::size_t at = 0;
  for (const GraphqlNode& child : parent) {
    if (child.is(kind)) all[at++] = {child.name, &child};
  }
  std::ranges::sort(all, [](const Named& a, const Named& b) {
    return a.name != b.name ? a.name < b.name : a.node->offset < b.node->offset;
  });
  const auto twice = std::ranges::adjacent_find(all, {}, &Named::name);
  return twice == all.end() ? nullptr : std::next(twice)->node;
}

std::optional<Failure> misfit_of(const Schema& schema, const GraphqlNode& value, const Input& place, Arena& arena,
                                 VariableUses* uses) {
  Literals literals(schema, arena, uses);
  if (literals.judge(value, {place.type, true, place.has_default, false})) return std::nullopt;
  return literals.failure();
}

}  // namespace sallyport::graphql
