// Compiler: schemas to a Program. One compiler makes one program of many schemas that share their
// parts; each place of a document is compiled once, cycles included.
#pragma once

#include <memory>
#include <unordered_map>

#include "schema/program.hpp"
#include "schema/resources.hpp"

namespace sallyport::schema {

// What the values are of: decides whether `readOnly` or `writeOnly` members are refused.
enum class Direction : std::uint8_t { neither, request, response };

struct Strictness {
  // Members that no schema names are refused where a schema names some and does not say
  // `additionalProperties`; what alternatives name counts, as `unevaluatedProperties: false` has it.
  bool closed = false;
  Direction direction = Direction::neither;
};

class Compiler {
 public:
  explicit Compiler(Resources& resources, Strictness strictness = {})
      : resources_(resources), strictness_(strictness) {}

  // A schema at a place of a resource. Errors: a reference to nothing, a pattern that is no
  // ECMA-262, a keyword with a value of the wrong kind, a schema that refers to itself without
  // going down into the value, too many schemas.
  Result<SchemaId> compile(const decode::Value& schema, Resources::Id resource);
  // What a reference names, seen from a resource.
  Result<SchemaId> compile_reference(Resources::Id from, std::string_view reference);

  // Visits each schema that judges values as a whole, in no order: (schema, id, resource).
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [key, id] : known_) {
      if (key.role == Role::whole) visit(*key.value, id, program_.schemas[id].resource);
    }
  }

  // Ends the compiler.
  [[nodiscard]] Result<Program> finish();

 private:
  friend class SchemaCompilation;
  // A schema judges a value as a whole, or beside others that judge the same value.
  enum class Role : std::uint8_t { whole, beside };
  struct Key {
    const decode::Value* value;
    Role role;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<const void*>()(key.value) * 2 + static_cast<std::size_t>(key.role);
    }
  };
  struct Pending {
    Key key;
    SchemaId id;
    Resources::Id resource;
  };
  Result<SchemaId> schema_id(const decode::Value& schema, Resources::Id within, Role role);
  Result<void> drain();
  Result<void> fill_dynamic();
  Result<void> refuse_cycles() const;

  Resources& resources_;
  Strictness strictness_;
  Program program_;
  std::unordered_map<Key, SchemaId, KeyHash> known_;
  std::vector<Pending> pending_;
  std::vector<std::vector<SchemaId>> beside_;  // by schema: what judges the same value
};

}  // namespace sallyport::schema
