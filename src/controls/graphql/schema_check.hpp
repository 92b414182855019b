// SchemaCheck: does the query mean something in the API's schema, are its variables of their types,
// and may the caller ask for each of its fields?
//
// Field rules name roles for "Type.field", or "Type.*" for all fields of a type. Fields that no rule
// names are open; of a named one the caller needs one of the roles, for each rule that is about it.
// A rule about a field of an object also holds for that field of the interfaces which the object
// implements, and one about an interface for all that implement it: whichever way a query takes to
// the value, it is asked. All operations of a document are looked at, and what @skip or @include
// leave out as well: only the API knows what runs (CWE-863; OWASP API3).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controls/graphql/ask.hpp"
#include "controls/graphql/measure.hpp"
#include "decode/graphql.hpp"
#include "graphql/validate.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/result.hpp>

namespace sallyport::controls::graphql {

using FieldRoles = std::map<std::string, std::vector<std::string>>;

// Why a query goes no further.
struct Misfit {
  std::string_view rule;
  std::string_view message;            // for a client that may know why: nothing of the schema, of the query names only
  std::optional<decode::Position> at;  // in the query; none for the values of variables
  bool forbidden = false;              // a matter of who asks: 403
};

class SchemaCheck {
 public:
  // Errors: a rule about what the schema does not have.
  [[nodiscard]] static Result<std::unique_ptr<const SchemaCheck>> make(
      std::shared_ptr<const sallyport::graphql::Schema> schema, const FieldRoles& roles);

  // The first misfit, or nothing; then `cost` is what the query asks for, see cost.hpp. Allocates in
  // the arena only.
  [[nodiscard]] std::optional<Misfit> misfit(const Ask& ask, const decode::GraphqlNode& document,
                                             std::span<const std::string_view> roles, const Lists& lists,
                                             std::uint64_t& cost, Arena& arena) const;

 private:
  using Schema = sallyport::graphql::Schema;
  SchemaCheck() = default;
  bool add_rule(std::string_view name, const std::vector<std::string>& roles);
  void spread(const sallyport::graphql::Field& field, std::uint32_t rule);
  bool may_ask(const sallyport::graphql::Field& field, std::span<const std::string_view> roles) const;

  std::shared_ptr<const Schema> schema_;
  std::vector<std::vector<std::string>> rules_;       // roles
  std::vector<std::vector<std::uint32_t>> by_field_;  // rules; empty when there are none at all
};

}  // namespace sallyport::controls::graphql
