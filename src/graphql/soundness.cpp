#include "graphql/soundness.hpp"

#include <algorithm>

#include "graphql/literal.hpp"

namespace sallyport::graphql {
namespace {

using decode::GraphqlNode;

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

class Soundness {
 public:
  Soundness(const Schema& schema, const Origins& origins) : schema_(schema), origins_(origins) {}

  std::optional<Unsoundness> run() {
    std::size_t input = 0;
    for (const GraphqlNode* node : origins_.inputs) {
      if (!is_input(*node, input++)) return found_;
    }
    std::size_t number = 0;
    for (const Type& type : schema_.types()) {
      const GraphqlNode& at = *origins_.types[number++];
      if (!is_sound(type, at)) return found_;
    }
    marks_.assign(schema_.types().size(), Mark::fresh);
    for (const Type& type : schema_.types()) {
      if (type.kind == TypeKind::input && !can_be_written(type, 0)) return found_;
    }
    return std::nullopt;
  }

 private:
  enum class Mark : std::uint8_t { fresh, open, done };

  bool refuse(const GraphqlNode& at, std::string message) {
    found_ = Unsoundness{&at, std::move(message)};
    return false;
  }

  bool is_input(const GraphqlNode& node, std::size_t number) {
    const Input& one = schema_.all_inputs()[number];
    if (!schema_.of(one.type).is_input()) return refuse(node, quoted(one.name) + " is of a type that cannot be given");
    if (const GraphqlNode* value = node.value()) {
      if (const auto wrong = misfit_of(schema_, *value, one, arena_, nullptr)) {
        return refuse(node, "the default of " + quoted(one.name) + ": " + std::string(wrong->detail));
      }
    }
    return true;
  }

  bool is_sound(const Type& type, const GraphqlNode& at) {
    if (type.kind == TypeKind::input) {
      if (type.inputs.count == 0) return refuse(at, quoted(type.name) + " has no fields");
      for (const Input& one : schema_.inputs(type)) {
        if (type.one_of && (one.type.is_required() || one.has_default)) {
          return refuse(at, quoted(one.name) + ": fields of a @oneOf type can be left out and have no defaults");
        }
      }
    }
    if (!type.has_fields()) return true;
    if (type.fields.count == 0) return refuse(at, quoted(type.name) + " has no fields");
    for (const Field& field : schema_.fields(type)) {
      if (!schema_.of(field.type).is_output()) {
        return refuse(*origins_.fields[schema_.id(field)], quoted(field.name) + " is of a type that is only given");
      }
    }
    return std::ranges::all_of(schema_.interfaces(type), [&](std::uint32_t interface) {
      return implements(type, schema_.types()[interface], at);
    });
  }

  // §3.6, IsValidImplementation.
  bool implements(const Type& type, const Type& interface, const GraphqlNode& at) {
    for (const std::uint32_t further : schema_.interfaces(interface)) {
      if (!schema_.implements(type, schema_.types()[further])) {
        return refuse(at, quoted(type.name) + " must implement " + quoted(schema_.types()[further].name) + ", as " +
                              quoted(interface.name) + " does");
      }
    }
    for (const Field& wanted : schema_.fields(interface)) {
      const Field* own = schema_.field(type, wanted.name);
      if (own == nullptr) {
        return refuse(at, quoted(type.name) + " lacks " + quoted(wanted.name) + " of " + quoted(interface.name));
      }
      const GraphqlNode& place = *origins_.fields[schema_.id(*own)];
      if (!fits(schema_, own->type, wanted.type)) {
        return refuse(place, quoted(own->name) + " is not of the type that " + quoted(interface.name) + " says");
      }
      for (const Input& argument : schema_.arguments(wanted)) {
        const Input* has = schema_.argument(*own, argument.name);
        if (has == nullptr || has->type != argument.type) {
          return refuse(place, quoted(own->name) + " lacks the argument " + quoted(argument.name) + " of " +
                                   quoted(interface.name));
        }
      }
      for (const Input& argument : schema_.arguments(*own)) {
        if (schema_.argument(wanted, argument.name) == nullptr && argument.is_required()) {
          return refuse(place, quoted(argument.name) + " is required, and " + quoted(interface.name) + " lacks it");
        }
      }
    }
    return true;
  }

  // §3.10: no input object needs itself (a chain of required fields that leads back).
  bool can_be_written(const Type& type, std::size_t depth) {
    const std::uint32_t number = schema_.id(type);
    if (marks_[number] == Mark::done) return true;
    if (marks_[number] == Mark::open) return refuse(*origins_.types[number], quoted(type.name) + " requires itself");
    if (depth == max_required_chain) {
      return refuse(*origins_.types[number], quoted(type.name) + ": too many inputs that require the next");
    }
    marks_[number] = Mark::open;
    for (const Input& field : schema_.inputs(type)) {
      if (!field.type.is_required() || field.type.inner().is_list()) continue;
      const Type& inner = schema_.of(field.type);
      if (inner.kind == TypeKind::input && !can_be_written(inner, depth + 1)) return false;
    }
    marks_[number] = Mark::done;
    return true;
  }

  const Schema& schema_;
  const Origins& origins_;
  Arena arena_;
  std::vector<Mark> marks_;
  std::optional<Unsoundness> found_;
};

}  // namespace

std::optional<Unsoundness> unsoundness_of(const Schema& schema, const Origins& origins) {
  return Soundness(schema, origins).run();
}

}  // namespace sallyport::graphql
