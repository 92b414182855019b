#include "controls/graphql/cost.hpp"

#include <algorithm>

#include "controls/graphql/count.hpp"

namespace sallyport::controls::graphql {
namespace {

namespace schema = sallyport::graphql;
using decode::GraphqlKind;
using decode::GraphqlNode;
using decode::Value;

class Counting {
 public:
  Counting(const schema::Typed& typed, const schema::Schema& schema, const Value* variables, const Lists& lists,
           Arena& arena)
      : typed_(typed),
        schema_(schema),
        variables_(variables),
        lists_(lists),
        known_(arena.array<std::uint64_t>(typed.definitions.size())) {}

  std::uint64_t run() {
    std::uint64_t most = 0;
    for (const schema::Definition& one : typed_.definitions) {
      if (!one.node->is(GraphqlKind::operation)) continue;
      operation_ = one.node;
      std::ranges::fill(known_, unknown);  // variables have other defaults
      most = std::max(most, below(one.begin, one.end));
    }
    return most;
  }

 private:
  static constexpr std::uint64_t unknown = UINT64_MAX;

  // As deep as fields are inside each other, with fragments written out.
  std::uint64_t below(std::uint32_t begin, std::uint32_t end) {
    std::uint64_t out = 0;
    for (std::uint32_t i = begin; i < end; i = typed_.selections[i].end) {
      const schema::Selection& one = typed_.selections[i];
      if (one.node->is(GraphqlKind::spread)) {
        out = plus(out, fragment(one.definition));
      } else if (one.field == nullptr) {
        out = plus(out, below(i + 1, one.end));
      } else {
        out = plus(out, one.field->weight);
        if (one.end != i + 1) out = plus(out, times(items(one), below(i + 1, one.end)));
      }
    }
    return out;
  }

  std::uint64_t fragment(std::uint32_t definition) {
    if (known_[definition] == unknown) {
      const schema::Definition& one = typed_.definitions[definition];
      known_[definition] = std::min(below(one.begin, one.end), unknown - 1);  // counted once, however much it is
    }
    return known_[definition];
  }

  std::uint64_t items(const schema::Selection& one) const {
    const auto arguments = schema_.arguments(*one.field);
    std::uint64_t most = 0;
    bool sliced = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const bool slices = one.field->slicing != 0
                              ? i < 32 && (one.field->slicing >> i & 1u) != 0
                              : std::ranges::find(lists_.arguments, arguments[i].name) != lists_.arguments.end();
      sliced = sliced || slices;
      if (slices) most = std::max(most, size_by(*one.node, arguments[i]));
    }
    if (most != 0) return most;
    if (one.field->assumed_size != 0) return one.field->assumed_size;
    return sliced || one.field->type.nullable().is_list() ? lists_.otherwise : 1;
  }

  // 0: the argument says nothing.
  std::uint64_t size_by(const GraphqlNode& field, const schema::Input& argument) const {
    for (const GraphqlNode& child : field) {
      if (!child.is(GraphqlKind::argument) || child.name != argument.name) continue;
      const GraphqlNode& value = *child.value();
      if (value.is(GraphqlKind::null_value)) return 0;
      if (!value.is(GraphqlKind::variable)) return count_of(value.name).value_or(1);
      const Value* given = variables_ == nullptr ? nullptr : variables_->find(value.name);
      if (given != nullptr)
        return given->is(decode::Kind::null) ? 0 : count_of(given->text()).value_or(lists_.otherwise);
      for (const GraphqlNode& definition : *operation_) {
        if (!definition.is(GraphqlKind::variable_definition) || definition.name != value.name) continue;
        const GraphqlNode* otherwise = definition.value();
        if (otherwise != nullptr && otherwise->is(GraphqlKind::int_value)) return count_of(otherwise->name).value_or(1);
      }
    }
    return argument.default_count;
  }

  const schema::Typed& typed_;
  const schema::Schema& schema_;
  const Value* variables_;
  const Lists& lists_;
  std::span<std::uint64_t> known_;  // of fragments, in the operation that is counted
  const GraphqlNode* operation_ = nullptr;
};

}  // namespace

std::uint64_t cost_of(const schema::Typed& typed, const schema::Schema& schema, const Value* variables,
                      const Lists& lists, Arena& arena) {
  return Counting(typed, schema, variables, lists, arena).run();
}

}  // namespace sallyport::controls::graphql
