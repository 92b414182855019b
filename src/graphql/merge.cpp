#include "graphql/merge.hpp"

#include <algorithm>

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;
using decode::GraphqlNode;
using Picks = std::span<std::uint32_t>;  // places of selections

class Merging {
 public:
  Merging(const Typed& typed, Arena& arena, const ValidationLimits& limits)
      : typed_(typed),
        arena_(arena),
        limits_(limits),
        alone_(arena.array<std::uint8_t>(typed.selections.size())),
        spread_(arena.array<std::uint32_t>(typed.definitions.size())) {
    std::ranges::fill(alone_, std::uint8_t{0});
    std::ranges::fill(spread_, 0u);
  }

  std::optional<Failure> run() {
    for (const Definition& one : typed_.definitions) {
      if (!one.node->is(GraphqlKind::operation)) continue;
      begin();
      if (!collect(one.begin, one.end) || !judge(picked(), false)) return failure_;
    }
    return std::nullopt;
  }

 private:
  // What was looked at below a field that stands alone.
  static constexpr std::uint8_t fields_seen = 1;
  static constexpr std::uint8_t shapes_seen = 2;

  bool refuse(std::string_view rule, const Selection& at, std::string_view detail) {
    failure_ = Failure{rule, detail, at.node->response_name(), at.node->offset};
    return false;
  }
  bool spend(const Selection& at) {
    return work_++ < limits_.merge_work || refuse("merge_work", at, "too many fields of one name");
  }
  const Selection& of(std::uint32_t place) const { return typed_.selections[place]; }

  // Collecting: all fields of some selection sets, with fragments written out, each fragment once.
  void begin() {
    ++collection_;
    size_ = 0;
    list_ = {};
  }
  bool collect(std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = begin; i < end; i = of(i).end) {
      const Selection& one = of(i);
      if (!spend(one)) return false;
      if (one.field != nullptr) {
        add(i);
      } else if (one.node->is(GraphqlKind::inline_fragment)) {
        if (!collect(i + 1, one.end)) return false;
      } else if (spread_[one.definition] != collection_) {
        spread_[one.definition] = collection_;
        const Definition& fragment = typed_.definitions[one.definition];
        if (!collect(fragment.begin, fragment.end)) return false;
      }
    }
    return true;
  }
  void add(std::uint32_t place) {
    if (size_ == list_.size()) {
      const auto more = arena_.array<std::uint32_t>(std::max<std::size_t>(8, 2 * size_));
      std::ranges::copy(list_, more.begin());
      list_ = more;
    }
    list_[size_++] = place;
  }
  Picks picked() const { return list_.first(size_); }

  // What is below these fields, as one selection set. `shapes`: they never stand in one object
  // together, so that only the shapes of their answers have to agree.
  bool below(Picks fields, bool shapes) {
    if (!of(fields.front()).type->is_composite()) return true;
    if (fields.size() == 1) {
      std::uint8_t& seen = alone_[fields.front()];
      const std::uint8_t mark = shapes ? shapes_seen : fields_seen;
      if ((seen & mark) != 0) return true;
      seen |= mark;
    }
    if (depth_ == limits_.merge_depth) return refuse("merge_depth", of(fields.front()), "fields too deep");
    begin();
    for (const std::uint32_t place : fields) {
      if (!collect(place + 1, of(place).end)) return false;
    }
    ++depth_;
    const bool good = judge(picked(), shapes);
    --depth_;
    return good;
  }

  bool judge(Picks fields, bool shapes) {
    std::ranges::sort(fields, [&](std::uint32_t a, std::uint32_t b) {
      const auto left = of(a).node->response_name();
      const auto right = of(b).node->response_name();
      return left != right ? left < right : a < b;
    });
    while (!fields.empty()) {
      const std::string_view name = of(fields.front()).node->response_name();
      std::size_t count = 1;
      while (count < fields.size() && of(fields[count]).node->response_name() == name) ++count;
      if (!(shapes ? same_shape(fields.first(count)) && below(fields.first(count), true)
                   : group(fields.first(count)))) {
        return false;
      }
      fields = fields.subspan(count);
    }
    return true;
  }

  // Fields of one name. Those of different objects never meet; those of interfaces and unions may
  // meet all.
  bool group(Picks fields) {
    if (fields.size() == 1) return below(fields, false);
    const auto objects =
        std::ranges::partition(fields, [&](std::uint32_t place) { return of(place).parent->kind != TypeKind::object; });
    const std::size_t shared = fields.size() - objects.size();
    const auto rank = [&](std::uint32_t place) { return of(place).parent->object; };
    std::ranges::sort(objects, {}, rank);
    if (objects.empty() || rank(objects.front()) == rank(objects.back())) return can_be_one(fields);
    if (!same_shape(fields) || !below(fields, true)) return false;
    for (Picks rest = objects; !rest.empty();) {
      std::size_t count = 1;
      while (count < rest.size() && rank(rest[count]) == rank(rest.front())) ++count;
      if (!can_be_one(copy(fields.first(shared), rest.first(count)))) return false;
      rest = rest.subspan(count);
    }
    return true;
  }

  Picks copy(Picks a, Picks b) {
    const auto out = arena_.array<std::uint32_t>(a.size() + b.size());
    std::ranges::copy(b, std::ranges::copy(a, out.begin()).out);
    return out;
  }

  bool can_be_one(Picks fields) {
    const Selection& first = of(fields.front());
    for (const std::uint32_t place : fields.subspan(1)) {
      const Selection& other = of(place);
      if (!spend(other)) return false;
      if (other.node->name != first.node->name || !same_arguments(*first.node, *other.node)) return conflict(other);
    }
    return same_shape(fields) && below(fields, false);
  }

  // §5.3.2, SameResponseShape.
  bool same_shape(Picks fields) {
    const Selection& first = of(fields.front());
    for (const std::uint32_t place : fields.subspan(1)) {
      const Selection& other = of(place);
      if (!spend(other)) return false;
      const bool leaves = first.type->is_leaf() || other.type->is_leaf();
      if (first.field->type.wrappers != other.field->type.wrappers || (leaves && first.type != other.type)) {
        return conflict(other);
      }
    }
    return true;
  }

  bool conflict(const Selection& at) {
    if (work_ > limits_.merge_work) return refuse("merge_work", at, "too many fields of one name");
    return refuse("overlapping_fields_can_be_merged", at, "different fields under one name");
  }

  static const GraphqlNode* member(const GraphqlNode& node, const GraphqlNode& like) {
    for (const GraphqlNode& child : node) {
      if (child.is(like.kind) && child.name == like.name) return &child;
    }
    return nullptr;
  }
  static std::size_t count(const GraphqlNode& node, GraphqlKind kind) {
    return static_cast<std::size_t>(
        std::count_if(node.begin(), GraphqlNode::end(), [&](const GraphqlNode& child) { return child.is(kind); }));
  }
  bool same_members(const GraphqlNode& a, const GraphqlNode& b, GraphqlKind kind) {
    const std::size_t size = count(a, kind);
    if (size != count(b, kind)) return false;
    for (const GraphqlNode& child : a) {
      if (!child.is(kind)) continue;
      work_ += static_cast<std::uint32_t>(size);  // looking for each among all
      if (work_ > limits_.merge_work) return false;
      const GraphqlNode* other = member(b, child);
      if (other == nullptr || !same_value(*child.value(), *other->value())) return false;
    }
    return true;
  }
  bool same_arguments(const GraphqlNode& a, const GraphqlNode& b) { return same_members(a, b, GraphqlKind::argument); }
  bool same_value(const GraphqlNode& a, const GraphqlNode& b) {
    if (a.kind != b.kind || a.name != b.name) return false;
    if (a.is(GraphqlKind::object_value)) return same_members(a, b, GraphqlKind::object_field);
    const GraphqlNode* other = b.first_child;
    for (const GraphqlNode& item : a) {
      if (++work_ > limits_.merge_work || other == nullptr || !same_value(item, *other)) return false;
      other = other->next_sibling;
    }
    return other == nullptr;
  }

  const Typed& typed_;
  Arena& arena_;
  const ValidationLimits& limits_;
  std::span<std::uint8_t> alone_;    // by selection
  std::span<std::uint32_t> spread_;  // by definition: the last collection that it is in
  std::uint32_t collection_ = 0;
  std::span<std::uint32_t> list_;
  std::size_t size_ = 0;
  std::uint32_t work_ = 0;
  std::uint32_t depth_ = 0;
  std::optional<Failure> failure_;
};

}  // namespace

std::optional<Failure> conflict_in(const Typed& typed, Arena& arena, const ValidationLimits& limits) {
  return Merging(typed, arena, limits).run();
}

}  // namespace sallyport::graphql
