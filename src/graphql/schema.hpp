// Schema: the types of a GraphQL API, compiled for judging documents. Read from its definition
// language (SDL, October 2021 §3) or from the JSON of an introspection query (§4). Immutable and
// shared by all threads; look-ups hash a name once and allocate nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_index.hpp"
#include "graphql/type.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/result.hpp>

namespace sallyport::graphql {

struct SchemaLimits {
  std::uint32_t bytes = 16u << 20;  // of the text
  std::uint32_t nodes = 2'000'000;  // of its syntax tree
  std::uint32_t types = 20'000;     // that it defines
};

class Schema {
 public:
  // Text of SDL, or JSON when it begins with a brace: {"__schema": …} or {"data": {"__schema": …}}.
  // Errors say line and column. What the specification demands of a type system holds afterwards.
  // Directives on definitions that the schema does not define are passed over, as federated schemas
  // have them.
  [[nodiscard]] static Result<std::shared_ptr<const Schema>> read(std::string_view text,
                                                                  const SchemaLimits& limits = {});
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  // Null when there is none of that name.
  [[nodiscard]] const Type* type(std::string_view name) const noexcept { return found(types_, Owner::type, 0, name); }
  [[nodiscard]] const Directive* directive(std::string_view name) const noexcept {
    return found(directives_, Owner::directive, 0, name);
  }
  // With __typename, and with __schema and __type of the root of queries.
  [[nodiscard]] const Field* field(const Type& type, std::string_view name) const noexcept;
  [[nodiscard]] const Input* argument(const Field& field, std::string_view name) const noexcept {
    return found(inputs_, Owner::argument, place(fields_, field), name);
  }
  [[nodiscard]] const Input* argument(const Directive& directive, std::string_view name) const noexcept {
    return found(inputs_, Owner::directive_argument, place(directives_, directive), name);
  }
  [[nodiscard]] const Input* input_field(const Type& type, std::string_view name) const noexcept {
    return found(inputs_, Owner::input_field, place(types_, type), name);
  }
  [[nodiscard]] bool has_value(const Type& enumeration, std::string_view name) const noexcept {
    return index_.find(key(Owner::enum_value, place(types_, enumeration)), name) != TextIndex::none;
  }

  // Of "query", "mutation" or "subscription"; null when the schema has none.
  [[nodiscard]] const Type* root(std::string_view operation) const noexcept;
  [[nodiscard]] const Type& of(TypeRef ref) const noexcept { return types_[ref.type]; }
  [[nodiscard]] std::uint32_t id(const Type& type) const noexcept { return place(types_, type); }
  [[nodiscard]] std::uint32_t id(const Field& field) const noexcept { return place(fields_, field); }

  // Can a value be of both? Of composite types (§5.5.2.3). Linear in the objects, 64 at a time.
  [[nodiscard]] bool overlap(const Type& a, const Type& b) const noexcept;
  // Is the object a member of the union, does it implement the interface, or is it the type itself?
  [[nodiscard]] bool includes(const Type& composite, const Type& object) const noexcept;

  [[nodiscard]] std::span<const Type> types() const noexcept { return types_; }
  [[nodiscard]] std::span<const Field> fields() const noexcept { return fields_; }
  [[nodiscard]] std::span<const Input> all_inputs() const noexcept { return inputs_; }
  [[nodiscard]] std::span<const Field> fields(const Type& type) const noexcept { return run(fields_, type.fields); }
  [[nodiscard]] std::span<const Input> inputs(const Type& type) const noexcept { return run(inputs_, type.inputs); }
  [[nodiscard]] std::span<const Input> arguments(const Field& field) const noexcept {
    return run(inputs_, field.arguments);
  }
  [[nodiscard]] std::span<const Input> arguments(const Directive& directive) const noexcept {
    return run(inputs_, directive.arguments);
  }
  [[nodiscard]] bool implements(const Type& type, const Type& interface) const noexcept;
  [[nodiscard]] std::span<const std::uint32_t> interfaces(const Type& type) const noexcept {
    return run(interfaces_, type.interfaces);
  }

 private:
  friend class Builder;
  enum class Owner : std::uint8_t { type, directive, field, argument, directive_argument, input_field, enum_value };

  Schema() = default;
  static std::uint32_t key(Owner owner, std::uint32_t at) { return static_cast<std::uint32_t>(owner) << 28u | at; }
  template <class T>
  static std::uint32_t place(const std::vector<T>& all, const T& one) noexcept {
    return static_cast<std::uint32_t>(&one - all.data());
  }
  template <class T>
  static std::span<const T> run(const std::vector<T>& all, Run run) noexcept {
    return std::span(all).subspan(run.begin, run.count);
  }
  template <class T>
  const T* found(const std::vector<T>& all, Owner owner, std::uint32_t at, std::string_view name) const noexcept {
    const std::uint32_t number = index_.find(key(owner, at), name);
    return number == TextIndex::none ? nullptr : &all[number];
  }

  Arena names_;
  TextIndex index_;
  std::vector<Type> types_;
  std::vector<Field> fields_;
  std::vector<Input> inputs_;
  std::vector<Directive> directives_;
  std::vector<std::uint32_t> interfaces_;
  std::vector<std::uint64_t> possible_;  // sets of objects, words_ each
  std::uint32_t words_ = 0;
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t query_ = none, mutation_ = none, subscription_ = none;
  std::uint32_t typename_ = 0, schema_field_ = 0, type_field_ = 0;  // fields that every schema has
};

// May a value of `sub` stand where `super` is expected (§3.1.2, AreTypesCompatible; covariant for
// answers of composite types)?
[[nodiscard]] bool fits(const Schema& schema, TypeRef sub, TypeRef super) noexcept;

}  // namespace sallyport::graphql
