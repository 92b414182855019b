// SchemaCompilation: one schema, keyword by keyword, to instructions of a Program.
#pragma once

#include <array>
#include <optional>

#include "schema/compiler.hpp"

namespace sallyport::schema {

class SchemaCompilation {
 public:
  SchemaCompilation(Compiler& compiler, const decode::Value& schema, SchemaId id, Resources::Id resource, bool whole)
      : compiler_(compiler),
        program_(compiler.program_),
        schema_(schema),
        id_(id),
        resource_(resource),
        whole_(whole),
        dialect_(compiler.resources_[resource].dialect) {}

  Result<void> run();

 private:
  using Value = decode::Value;
  using Role = Compiler::Role;
  using Step = Result<void> (SchemaCompilation::*)();

  Result<void> references();
  Result<void> types();
  Result<void> constants();
  Result<void> strings();
  Result<void> numbers();
  Result<void> alternatives();
  Result<void> conditions();
  Result<void> discriminator(const Value& branches);
  Result<void> arrays();
  Result<void> containing();
  Result<void> objects();
  Result<void> members();
  Result<void> one_property(const Value& property, std::uint32_t owner, std::uint32_t place);
  Result<void> dependents();
  Result<void> unevaluated();
  void assemble();

  [[nodiscard]] const Value* find(std::string_view name) const { return schema_.find(name); }
  [[nodiscard]] bool flag(std::string_view name) const;
  Result<std::optional<std::uint32_t>> count(std::string_view name) const;
  Result<SchemaId> below(const Value& schema);   // judges a part of the value
  Result<SchemaId> beside(const Value& schema);  // judges the same value
  Result<std::uint32_t> number(const Value& value);
  Result<std::uint32_t> pattern(std::string_view expression);
  [[nodiscard]] std::unexpected<Error> refuse(const Value& at, std::string message) const;
  [[nodiscard]] bool names_members(const Value& schema, Resources::Id within, int depth) const;
  [[nodiscard]] std::string_view refused_member(const Value& schema) const;

  Compiler& compiler_;
  Program& program_;
  const Value& schema_;
  SchemaId id_;
  Resources::Id resource_;
  bool whole_;
  const Dialect& dialect_;
  std::array<std::vector<Instruction>, families> own_;  // by family; plain: of any value
  std::vector<Instruction> last_members_;               // what must run when all else has
  std::vector<Instruction> last_items_;
};

}  // namespace sallyport::schema
