// Fields, arguments, directives and conditions of fragments (§5.3, §5.4, §5.5, §5.7).
#include <algorithm>

#include "graphql/validation.hpp"

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;

Location location_of(std::string_view operation) {
  if (operation == "query") return Location::query;
  return operation == "mutation" ? Location::mutation : Location::subscription;
}

}  // namespace

bool Validation::walk_definition(std::uint32_t number) {
  Definition& one = definitions_[number];
  into_ = &uses_[number];
  const bool is_operation = one.node->is(GraphqlKind::operation);
  if (!directives(*one.node, is_operation ? location_of(one.node->detail) : Location::fragment_definition))
    return false;
  one.begin = count_;
  if (!walk(*one.node, *one.type)) return false;
  one.end = count_;
  return true;
}

Selection& Validation::push(const Node& node, const Type& parent) {
  Selection& out = selections_[count_++];
  out.node = &node;
  out.parent = &parent;
  return out;
}

// As deep as the parser lets selections be.
bool Validation::walk(const Node& parent, const Type& type) {
  for (const Node& child : parent) {
    if (!child.is_selection()) continue;
    const std::uint32_t place = count_;
    if (child.is(GraphqlKind::field) ? !walk_field(child, type) : !walk_fragment(child, type)) return false;
    selections_[place].end = count_;
  }
  return true;
}

bool Validation::walk_field(const Node& node, const Type& parent) {
  const Field* field = schema_.field(parent, node.name);
  if (field == nullptr) return refuse("fields_on_correct_type", node, "the type has no such field", node.name);
  const Type& type = schema_.of(field->type);
  Selection& own = push(node, parent);
  own.field = field;
  own.type = &type;
  if (!arguments(node, *field) || !directives(node, Location::field)) return false;
  const bool selects = node.has_selections();
  if (selects && type.is_leaf()) return refuse("scalar_leafs", node, "the field has no fields of its own", node.name);
  if (!selects && !type.is_leaf()) return refuse("scalar_leafs", node, "fields of it must be selected", node.name);
  return !selects || walk(node, type);
}

bool Validation::walk_fragment(const Node& node, const Type& parent) {
  const bool is_spread = node.is(GraphqlKind::spread);
  Selection& own = push(node, parent);
  own.type = &parent;
  if (is_spread) {
    own.definition = fragment(node.name);
    if (own.definition == none) return refuse("known_fragment_names", node, "there is no such fragment", node.name);
    own.type = definitions_[own.definition].type;
  } else if (!node.detail.empty()) {
    own.type = schema_.type(node.detail);
    if (own.type == nullptr) return refuse("known_type_names", node, "there is no such type", node.detail);
    if (!own.type->is_composite()) {
      return refuse("fragments_on_composite_types", node, "a fragment on a type without fields", node.detail);
    }
  }
  if (!schema_.overlap(parent, *own.type)) {
    return refuse("possible_fragment_spreads", node, "a fragment that nothing here can be", own.node->name);
  }
  if (!directives(node, is_spread ? Location::fragment_spread : Location::inline_fragment)) return false;
  return is_spread || walk(node, *own.type);
}

// Of a field or of a directive.
template <class Owner>
bool Validation::arguments(const Node& node, const Owner& owner) {
  std::uint32_t given = 0;
  std::uint32_t required = 0;
  for (const Node& child : node) {
    if (!child.is(GraphqlKind::argument)) continue;
    ++given;
    const Input* known = schema_.argument(owner, child.name);
    if (known == nullptr) return refuse("known_argument_names", child, "there is no such argument", child.name);
    required += known->is_required() ? 1 : 0;
    if (const auto wrong = misfit_of(schema_, *child.value(), *known, arena_, into_)) {
      failure_ = *wrong;
      return false;
    }
  }
  if (const Node* twice = given < 2 ? nullptr : repeated(node, GraphqlKind::argument, arena_)) {
    return refuse("unique_argument_names", *twice, "an argument stands twice", twice->name);
  }
  for (const Input& one : schema_.arguments(owner)) required -= one.is_required() ? 1 : 0;
  return required == 0 || refuse("provided_required_arguments", node, "a required argument is missing", node.name);
}

bool Validation::directives(const Node& node, Location location) {
  for (const Node& child : node) {
    if (!child.is(GraphqlKind::directive)) continue;
    const Directive* known = schema_.directive(child.name);
    if (known == nullptr) return refuse("known_directives", child, "there is no such directive", child.name);
    if ((known->locations >> static_cast<unsigned>(location) & 1u) == 0) {
      return refuse("known_directives", child, "the directive does not stand here", child.name);
    }
    // There are only so many that are known and stand once: what is looked through stays small.
    for (const Node& before : node) {
      if (known->repeatable || &before == &child) break;
      if (before.is(GraphqlKind::directive) && before.name == child.name) {
        return refuse("unique_directives_per_location", child, "the directive stands twice", child.name);
      }
    }
    if (!arguments(child, *known)) return false;
  }
  return true;
}

}  // namespace sallyport::graphql
