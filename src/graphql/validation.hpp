// Validation: one document on its way through the rules; see validate.hpp. Each part of it stands in
// a file of its own: validate.cpp (definitions), selections.cpp, fragments.cpp, variables.cpp.
#pragma once

#include <expected>
#include <span>

#include "graphql/literal.hpp"
#include "graphql/validate.hpp"

namespace sallyport::graphql {

class Validation {
 public:
  Validation(const decode::GraphqlNode& document, const Schema& schema, Arena& arena, const ValidationLimits& limits)
      : document_(document), schema_(schema), arena_(arena), limits_(limits) {}
  std::expected<Typed, Failure> run();

 private:
  using Node = decode::GraphqlNode;
  struct Variable {
    std::string_view name;
    const Node* node = nullptr;
    TypeRef type;
    bool has_value = false;  // a default that is not null
    bool used = false;
  };

  bool refuse(std::string_view rule, const Node& at, std::string_view detail, std::string_view name = {}) {
    failure_ = {rule, detail, name, at.offset};
    return false;
  }

  // validate.cpp
  bool collect();
  bool operation_names();
  bool fragment_names();
  bool find_types();
  std::uint32_t fragment(std::string_view name) const;  // place among the definitions, or none

  // selections.cpp
  bool walk_definition(std::uint32_t number);
  bool walk(const Node& parent, const Type& type);
  bool walk_field(const Node& node, const Type& parent);
  bool walk_fragment(const Node& node, const Type& parent);
  template <class Owner>
  bool arguments(const Node& node, const Owner& owner);
  bool directives(const Node& node, Location location);
  Selection& push(const Node& node, const Type& parent);

  // fragments.cpp
  bool no_cycles();
  bool no_cycle_from(std::uint32_t definition, std::span<std::uint8_t> marks);
  void reach(std::uint32_t definition, std::span<bool> reached) const;
  bool all_used();
  bool single_root(const Definition& operation);
  bool root_fields(std::uint32_t begin, std::uint32_t end, std::span<bool> seen, const Node*& first);

  // variables.cpp
  bool variables(std::uint32_t operation);
  bool define(const Node& node, Variable& out);
  bool type_of(const Node& node, TypeRef& out);
  bool use(const VariableUse& use, std::span<Variable> variables);

  static constexpr std::uint32_t none = UINT32_MAX;
  const Node& document_;
  const Schema& schema_;
  Arena& arena_;
  const ValidationLimits limits_;
  std::span<Definition> definitions_;
  std::span<VariableUses> uses_;        // by definition
  std::span<std::uint32_t> fragments_;  // definitions that are fragments, by name
  std::span<Selection> selections_;
  std::uint32_t count_ = 0;       // of selections that were pushed
  VariableUses* into_ = nullptr;  // those of the definition that is walked
  Failure failure_;
};

}  // namespace sallyport::graphql
