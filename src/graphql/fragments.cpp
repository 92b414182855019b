// Fragments that lead to each other (§5.5), and the one root of a subscription (§5.2.4).
#include <algorithm>

#include "graphql/validation.hpp"

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;
enum : std::uint8_t { fresh, open, done };

bool has_condition(const decode::GraphqlNode& node) {
  return std::any_of(node.begin(), decode::GraphqlNode::end(), [](const decode::GraphqlNode& child) {
    return child.is(GraphqlKind::directive) && (child.name == "skip" || child.name == "include");
  });
}

}  // namespace

bool Validation::no_cycles() {
  const auto marks = arena_.array<std::uint8_t>(definitions_.size());
  std::ranges::fill(marks, fresh);
  return std::ranges::all_of(fragments_, [&](std::uint32_t one) { return no_cycle_from(one, marks); });
}

// As deep as there are fragments.
bool Validation::no_cycle_from(std::uint32_t definition, std::span<std::uint8_t> marks) {
  if (marks[definition] == done) return true;
  if (marks[definition] == open) {
    const Node& node = *definitions_[definition].node;
    return refuse("no_fragment_cycles", node, "a fragment that leads to itself", node.name);
  }
  marks[definition] = open;
  for (std::uint32_t i = definitions_[definition].begin; i < definitions_[definition].end; ++i) {
    const Selection& one = selections_[i];
    if (one.node->is(GraphqlKind::spread) && !no_cycle_from(one.definition, marks)) return false;
  }
  marks[definition] = done;
  return true;
}

void Validation::reach(std::uint32_t definition, std::span<bool> reached) const {
  if (reached[definition]) return;
  reached[definition] = true;
  for (std::uint32_t i = definitions_[definition].begin; i < definitions_[definition].end; ++i) {
    if (selections_[i].node->is(GraphqlKind::spread)) reach(selections_[i].definition, reached);
  }
}

bool Validation::all_used() {
  const auto reached = arena_.array<bool>(definitions_.size());
  std::ranges::fill(reached, false);
  for (std::uint32_t i = 0; i < definitions_.size(); ++i) {
    if (definitions_[i].node->is(GraphqlKind::operation)) reach(i, reached);
  }
  for (std::uint32_t i = 0; i < definitions_.size(); ++i) {
    const Node& node = *definitions_[i].node;
    if (!reached[i]) return refuse("no_unused_fragments", node, "a fragment that nothing uses", node.name);
  }
  return true;
}

bool Validation::single_root(const Definition& operation) {
  const auto seen = arena_.array<bool>(definitions_.size());
  std::ranges::fill(seen, false);
  const Node* first = nullptr;
  return root_fields(operation.begin, operation.end, seen, first);
}

bool Validation::root_fields(std::uint32_t begin, std::uint32_t end, std::span<bool> seen, const Node*& first) {
  constexpr std::string_view rule = "single_field_subscriptions";
  for (std::uint32_t i = begin; i < end; i = selections_[i].end) {
    const Selection& one = selections_[i];
    const Node& node = *one.node;
    if (has_condition(node)) return refuse(rule, node, "a condition on the root of a subscription");
    if (one.field != nullptr) {
      if (first != nullptr && first->response_name() != node.response_name()) {
        return refuse(rule, node, "a subscription has one root", node.name);
      }
      if (node.name.starts_with("__")) return refuse(rule, node, "a subscription asks for data", node.name);
      first = &node;
    } else if (node.is(GraphqlKind::inline_fragment)) {
      if (!root_fields(i + 1, one.end, seen, first)) return false;
    } else if (!seen[one.definition]) {
      seen[one.definition] = true;
      const Definition& fragment = definitions_[one.definition];
      if (!root_fields(fragment.begin, fragment.end, seen, first)) return false;
    }
  }
  return true;
}

}  // namespace sallyport::graphql
