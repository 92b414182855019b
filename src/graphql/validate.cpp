#include "graphql/validate.hpp"

#include <algorithm>

#include "graphql/merge.hpp"
#include "graphql/validation.hpp"

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;
using decode::GraphqlNode;

std::size_t selections_below(const GraphqlNode& node) {
  std::size_t out = 0;
  for (const GraphqlNode& child : node) {
    if (child.is_selection()) out += 1 + selections_below(child);
  }
  return out;
}

template <class T>
std::span<T> made(Arena& arena, std::size_t count) {
  const auto out = arena.array<T>(count);
  std::ranges::fill(out, T{});
  return out;
}

}  // namespace

std::expected<Typed, Failure> Validation::run() {
  bool good = collect() && operation_names() && fragment_names() && find_types();
  for (std::uint32_t i = 0; good && i < definitions_.size(); ++i) good = walk_definition(i);
  good = good && no_cycles() && all_used();
  for (std::uint32_t i = 0; good && i < definitions_.size(); ++i) {
    const Definition& one = definitions_[i];
    if (!one.node->is(GraphqlKind::operation)) continue;
    good = variables(i) && (one.node->detail != "subscription" || single_root(one));
  }
  if (!good) return std::unexpected(failure_);
  const Typed typed{definitions_, selections_};
  if (const auto conflict = conflict_in(typed, arena_, limits_)) return std::unexpected(*conflict);
  return typed;
}

bool Validation::collect() {
  std::size_t definitions = 0;
  std::size_t selections = 0;
  std::uint32_t operations = 0;
  std::uint32_t fragments = 0;
  for (const Node& one : document_) {
    ++definitions;
    selections += selections_below(one);
    if (one.is(GraphqlKind::operation)) {
      if (operations++ == limits_.operations) return refuse("operations", one, "too many operations");
    } else if (one.is(GraphqlKind::fragment)) {
      if (fragments++ == limits_.fragments) return refuse("fragments", one, "too many fragments");
    } else {
      return refuse("executable_definitions", one, "a definition that cannot be executed");
    }
  }
  definitions_ = made<Definition>(arena_, definitions);
  uses_ = made<VariableUses>(arena_, definitions);
  selections_ = made<Selection>(arena_, selections);
  fragments_ = made<std::uint32_t>(arena_, fragments);
  std::uint32_t number = 0;
  std::uint32_t place = 0;
  for (const Node& one : document_) {
    if (one.is(GraphqlKind::fragment)) fragments_[place++] = number;
    definitions_[number++].node = &one;
  }
  return true;
}

bool Validation::operation_names() {
  const Node* anonymous = nullptr;
  std::uint32_t operations = 0;
  for (const Definition& one : definitions_) {
    if (!one.node->is(GraphqlKind::operation)) continue;
    ++operations;
    if (one.node->name.empty()) anonymous = one.node;
  }
  if (anonymous != nullptr && operations > 1) {
    return refuse("lone_anonymous_operation", *anonymous, "an operation without a name beside another");
  }
  if (const Node* twice = operations < 2 ? nullptr : repeated(document_, GraphqlKind::operation, arena_)) {
    return refuse("unique_operation_names", *twice, "two operations of one name", twice->name);
  }
  return true;
}

bool Validation::fragment_names() {
  if (const Node* twice = repeated(document_, GraphqlKind::fragment, arena_)) {
    return refuse("unique_fragment_names", *twice, "two fragments of one name", twice->name);
  }
  std::ranges::sort(fragments_, {}, [&](std::uint32_t at) { return definitions_[at].node->name; });
  return true;
}

std::uint32_t Validation::fragment(std::string_view name) const {
  const auto found =
      std::ranges::lower_bound(fragments_, name, {}, [&](std::uint32_t at) { return definitions_[at].node->name; });
  return found == fragments_.end() || definitions_[*found].node->name != name ? none : *found;
}

bool Validation::find_types() {
  for (Definition& one : definitions_) {
    const Node& node = *one.node;
    if (node.is(GraphqlKind::operation)) {
      one.type = schema_.root(node.detail);
      if (one.type == nullptr) return refuse("operation_type_existence", node, "the schema has no such operations");
      continue;
    }
    one.type = schema_.type(node.detail);
    if (one.type == nullptr) return refuse("known_type_names", node, "there is no such type", node.detail);
    if (!one.type->is_composite()) {
      return refuse("fragments_on_composite_types", node, "a fragment on a type without fields", node.detail);
    }
  }
  return true;
}

std::expected<Typed, Failure> validate(const GraphqlNode& document, const Schema& schema, Arena& arena,
                                       const ValidationLimits& limits) {
  return Validation(document, schema, arena, limits).run();
}

}  // namespace sallyport::graphql
