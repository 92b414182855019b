#include "controls/graphql/measure.hpp"

#include <algorithm>
#include <map>

#include "controls/graphql/count.hpp"

namespace sallyport::controls::graphql {
namespace {

using decode::GraphqlKind;
using decode::GraphqlNode;
using decode::Refusal;
using decode::Value;

class Measuring {
 public:
  Measuring(const GraphqlNode& document, const Value* variables, const Lists& lists)
      : document_(document), variables_(variables), lists_(lists) {}

  std::expected<Measure, Refusal> run() {
    std::uint32_t operations = 0;
    for (const GraphqlNode& one : document_) {
      if (one.is(GraphqlKind::operation)) {
        if (operations++ == max_operations) return refusal("operations", one);
      } else if (!one.is(GraphqlKind::fragment)) {
        return refusal("type_system", one);
      } else if (fragments_.size() == max_fragments) {
        return refusal("fragments", one);
      } else if (!fragments_.emplace(one.name, Fragment{&one}).second) {
        return refusal("duplicate_fragment", one);
      }
    }
    if (operations == 0) return refusal("no_operation", document_);
    Measure most;
    for (const GraphqlNode& one : document_) {
      if (!one.is(GraphqlKind::operation)) continue;
      operation_ = &one;
      for (auto& [name, fragment] : fragments_) fragment.state = State::fresh;  // variables have other defaults
      Measure measured;
      if (!selections(one, measured, 0)) return std::unexpected(refusal_);
      most.depth = std::max(most.depth, measured.depth);
      most.nodes = std::max(most.nodes, measured.nodes);
      most.aliases = std::max(most.aliases, measured.aliases);
      most.directives = std::max(most.directives, plus(measured.directives, directives_of(one)));
      most.cost = std::max(most.cost, measured.cost);
      most.introspects = most.introspects || measured.introspects;
      most.subscribes = most.subscribes || one.detail == "subscription";
      most.mutates = most.mutates || one.detail == "mutation";
    }
    return most;
  }

 private:
  enum class State : std::uint8_t { fresh, open, done };
  struct Fragment {
    const GraphqlNode* node = nullptr;
    State state = State::fresh;
    Measure measured = {};
  };

  static std::unexpected<Refusal> refusal(std::string_view rule, const GraphqlNode& at) {
    return std::unexpected(Refusal{rule, "", at.offset});
  }
  bool refuse(std::string_view rule, const GraphqlNode& at) {
    refusal_ = {rule, "", at.offset};
    return false;
  }

  static std::uint64_t directives_of(const GraphqlNode& node) {
    std::uint64_t out = 0;
    for (const GraphqlNode& child : node) out += child.is(GraphqlKind::directive) ? 1 : 0;
    return out;
  }

  // What the selections of a node add to it. As deep as the parser lets selections be.
  bool selections(const GraphqlNode& node, Measure& into, std::uint32_t chain) {
    for (const GraphqlNode& child : node) {
      if (!child.is_selection()) continue;
      into.directives = plus(into.directives, directives_of(child));
      if (child.is(GraphqlKind::field)) {
        if (!field(child, into, chain)) return false;
      } else if (child.is(GraphqlKind::inline_fragment)) {
        if (!selections(child, into, chain)) return false;
      } else if (!spread(child, into, chain)) {
        return false;
      }
    }
    return true;
  }

  bool field(const GraphqlNode& node, Measure& into, std::uint32_t chain) {
    Measure below;
    if (!selections(node, below, chain)) return false;
    into.depth = std::max(into.depth, plus(below.depth, 1));
    into.nodes = plus(into.nodes, plus(below.nodes, 1));
    into.aliases = plus(into.aliases, plus(below.aliases, node.detail.empty() ? 0 : 1));
    into.directives = plus(into.directives, below.directives);
    into.cost = plus(into.cost, plus(times(below.cost, items(node)), 1));
    into.introspects = into.introspects || below.introspects || node.name == "__schema" || node.name == "__type";
    return true;
  }

  bool spread(const GraphqlNode& node, Measure& into, std::uint32_t chain) {
    const auto found = fragments_.find(node.name);
    if (found == fragments_.end()) return refuse("unknown_fragment", node);
    Fragment& fragment = found->second;
    if (fragment.state == State::open) return refuse("fragment_cycle", node);
    if (fragment.state == State::fresh) {
      if (chain == max_fragment_chain) return refuse("fragment_chain", node);
      fragment.state = State::open;
      fragment.measured = {};
      if (!selections(*fragment.node, fragment.measured, chain + 1)) return false;
      fragment.measured.directives = plus(fragment.measured.directives, directives_of(*fragment.node));
      fragment.state = State::done;
    }
    const Measure& more = fragment.measured;
    into.depth = std::max(into.depth, more.depth);
    into.nodes = plus(into.nodes, more.nodes);
    into.aliases = plus(into.aliases, more.aliases);
    into.directives = plus(into.directives, more.directives);
    into.cost = plus(into.cost, more.cost);
    into.introspects = into.introspects || more.introspects;
    return true;
  }

  // How many times what is below the field may stand in the answer, as its arguments say.
  std::uint64_t items(const GraphqlNode& field) const {
    std::uint64_t most = 1;
    for (const GraphqlNode& argument : field) {
      if (!argument.is(GraphqlKind::argument)) continue;
      if (std::ranges::find(lists_.arguments, argument.name) == lists_.arguments.end()) continue;
      most = std::max(most, items_of(argument.value()));
    }
    return most;
  }

  std::uint64_t items_of(const GraphqlNode* value) const {
    if (value == nullptr) return lists_.otherwise;
    if (value->is(GraphqlKind::int_value)) return count_of(value->name).value_or(1);
    if (!value->is(GraphqlKind::variable)) return lists_.otherwise;
    const Value* given = variables_ == nullptr ? nullptr : variables_->find(value->name);
    if (given != nullptr && !given->is(decode::Kind::null)) return count_of(given->text()).value_or(lists_.otherwise);
    for (const GraphqlNode& definition : *operation_) {
      if (!definition.is(GraphqlKind::variable_definition) || definition.name != value->name) continue;
      const GraphqlNode* otherwise = definition.value();
      if (otherwise != nullptr && otherwise->is(GraphqlKind::int_value)) return count_of(otherwise->name).value_or(1);
    }
    return lists_.otherwise;
  }

  const GraphqlNode& document_;
  const Value* variables_;
  const Lists& lists_;
  const GraphqlNode* operation_ = nullptr;
  std::map<std::string_view, Fragment> fragments_;
  Refusal refusal_;
};

}  // namespace

std::expected<Measure, Refusal> measure(const GraphqlNode& document, const Value* variables, const Lists& lists) {
  return Measuring(document, variables, lists).run();
}

}  // namespace sallyport::controls::graphql
