// Variables of an operation (§5.8): what it defines, and where it and its fragments use them.
#include <algorithm>

#include "graphql/validation.hpp"

namespace sallyport::graphql {

using decode::GraphqlKind;

bool Validation::variables(std::uint32_t operation) {
  const Node& node = *definitions_[operation].node;
  std::size_t count = 0;
  for (const Node& child : node) count += child.is(GraphqlKind::variable_definition) ? 1 : 0;
  const auto variables = arena_.array<Variable>(count);
  std::size_t place = 0;
  for (const Node& child : node) {
    if (!child.is(GraphqlKind::variable_definition)) continue;
    variables[place] = {};
    if (!define(child, variables[place++])) return false;
  }
  if (const Node* twice = repeated(node, GraphqlKind::variable_definition, arena_)) {
    return refuse("unique_variable_names", *twice, "two variables of one name", twice->name);
  }
  std::ranges::sort(variables, {}, &Variable::name);

  const auto reached = arena_.array<bool>(definitions_.size());
  std::ranges::fill(reached, false);
  reach(operation, reached);
  for (std::uint32_t i = 0; i < definitions_.size(); ++i) {
    if (!reached[i]) continue;
    for (const VariableUse* one = uses_[i].first; one != nullptr; one = one->next) {
      if (!use(*one, variables)) return false;
    }
  }
  for (const Variable& one : variables) {
    if (!one.used) return refuse("no_unused_variables", *one.node, "a variable that nothing uses", one.name);
  }
  return true;
}

bool Validation::define(const Node& node, Variable& out) {
  out.name = node.name;
  out.node = &node;
  if (!type_of(*node.type(), out.type)) return false;
  if (!schema_.of(out.type).is_input()) {
    return refuse("variables_are_input_types", node, "a variable of a type that cannot be given", node.name);
  }
  into_ = nullptr;
  if (const Node* value = node.value()) {
    out.has_value = !value->is(GraphqlKind::null_value);
    if (const auto wrong = misfit_of(schema_, *value, {node.name, out.type, true}, arena_, nullptr)) {
      failure_ = *wrong;
      return false;
    }
  }
  return directives(node, Location::variable_definition);
}

bool Validation::type_of(const Node& node, TypeRef& out) {
  const Node* at = &node;
  for (unsigned depth = 0; !at->is(GraphqlKind::named_type); ++depth, at = at->first_child) {
    if (depth == TypeRef::max_wrappers) return refuse("wrappers", node, "too many lists in lists");
    out.wrappers |= (at->is(GraphqlKind::list_type) ? TypeRef::list : TypeRef::required) << (2 * depth);
  }
  const Type* type = schema_.type(at->name);
  if (type == nullptr) return refuse("known_type_names", *at, "there is no such type", at->name);
  out.type = schema_.id(*type);
  return true;
}

bool Validation::use(const VariableUse& use, std::span<Variable> variables) {
  const auto found = std::ranges::lower_bound(variables, use.node->name, {}, &Variable::name);
  if (found == variables.end() || found->name != use.node->name) {
    return refuse("no_undefined_variables", *use.node, "a variable that is not defined", use.node->name);
  }
  found->used = true;
  if (!use.typed) return true;
  // §5.8.5, IsVariableUsageAllowed: a default, here or there, stands in for a value that is not given.
  TypeRef wanted = use.type;
  if (wanted.is_required() && !found->type.is_required() && (found->has_value || use.has_default)) {
    wanted = wanted.inner();
  }
  if (!fits(schema_, found->type, wanted) || (use.one_of && !found->type.is_required())) {
    return refuse("variables_in_allowed_position", *use.node, "a variable of another type", use.node->name);
  }
  return true;
}

}  // namespace sallyport::graphql
