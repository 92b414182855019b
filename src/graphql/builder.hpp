// Builder: from definitions in a syntax tree to a Schema. One build a builder.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decode/graphql.hpp"
#include "graphql/schema.hpp"

namespace sallyport::graphql {

// Where the parts of a schema were defined, in the order of its arrays.
struct Origins {
  std::vector<const decode::GraphqlNode*> types;  // the definition without its extensions
  std::vector<const decode::GraphqlNode*> fields;
  std::vector<const decode::GraphqlNode*> inputs;
};

class Builder {
 public:
  explicit Builder(const SchemaLimits& limits) : limits_(limits) {}
  // `text`: what the document was parsed from, for the places of errors.
  [[nodiscard]] Result<std::shared_ptr<const Schema>> build(const decode::GraphqlNode& document, std::string_view text);

 private:
  using Node = decode::GraphqlNode;
  struct Declared {
    std::string_view name;
    std::vector<const Node*> parts;  // the definition, then its extensions
    bool own = false;                // not of the prelude
  };

  bool declare(const Node& document, bool own);
  bool declare_type(const Node& node, bool own);
  bool declare_directive(const Node& node, bool own);
  bool collect_extensions(const Node& document);
  bool number_types();
  bool fill(std::uint32_t type, const Declared& declared);
  bool fill_fields(std::uint32_t type, const Declared& declared);
  bool fill_inputs(const Node& parent, std::uint32_t owner, Run& run);
  // builder_costs.cpp
  static std::uint32_t default_count(const Node& input);
  void read_costs(const Node& node, Field& field) const;

  bool fill_members(std::uint32_t type, const Declared& declared, std::vector<std::uint32_t>& out);
  bool fill_values(std::uint32_t type, const Declared& declared);
  bool fill_directive(const Declared& declared);
  bool fill_possible();
  bool fill_roots();
  bool root(std::string_view operation, std::string_view name, const Node& at);
  bool ref(const Node& node, TypeRef& out);
  bool named(const Node& node, std::string_view name, std::uint32_t& out);
  bool open_name(const Node& node, std::string_view name);
  bool add_key(std::uint32_t owner, const Node& node, std::uint32_t value);
  std::string_view intern(std::string_view name);
  bool refuse(const Node& at, std::string message);

  SchemaLimits limits_;
  std::string_view text_;
  Arena prelude_nodes_;
  std::vector<Declared> types_;
  std::vector<Declared> directives_;
  std::map<std::string_view, std::size_t> type_places_, directive_places_;
  std::vector<const Node*> schemas_;                 // the definition first when there is one, then extensions
  std::vector<std::vector<std::uint32_t>> members_;  // of unions, by type
  std::map<std::string_view, std::string_view> interned_;
  bool own_ = false;  // what is filled now is not of the prelude
  std::shared_ptr<Schema> schema_;
  Origins origins_;
  std::optional<Error> error_;
};

}  // namespace sallyport::graphql
