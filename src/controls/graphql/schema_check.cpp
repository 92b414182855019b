#include "controls/graphql/schema_check.hpp"

#include <algorithm>

#include "controls/graphql/cost.hpp"
#include "graphql/coerce.hpp"

namespace sallyport::controls::graphql {
namespace {

namespace schema = sallyport::graphql;
using decode::GraphqlKind;
using decode::GraphqlNode;

Misfit told(const schema::Failure& failure, const Ask& ask, Arena& arena) {
  Misfit out;
  out.rule = failure.rule;
  // Names of the query are letters, digits and underscores.
  out.message = failure.name.empty()
                    ? arena.concat("The query does not fit: ", failure.detail)
                    : arena.concat("The query does not fit: ", failure.detail, " (", failure.name, ")");
  if (failure.rule != "variable_values") out.at = decode::position_of(ask.query, failure.offset);
  return out;
}

}  // namespace

Result<std::unique_ptr<const SchemaCheck>> SchemaCheck::make(std::shared_ptr<const Schema> schema,
                                                             const FieldRoles& roles) {
  std::unique_ptr<SchemaCheck> made(new SchemaCheck);  // NOLINT(cppcoreguidelines-owning-memory): a private constructor
  made->schema_ = std::move(schema);
  for (const auto& [name, allowed] : roles) {
    if (made->add_rule(name, allowed)) continue;
    return fail(ErrorCode::invalid, "`" + name + "` is no field of the schema", {}, "write `Type.field` or `Type.*`");
  }
  return made;
}

bool SchemaCheck::add_rule(std::string_view name, const std::vector<std::string>& roles) {
  const std::size_t dot = name.find('.');
  const schema::Type* type = dot == std::string_view::npos ? nullptr : schema_->type(name.substr(0, dot));
  if (type == nullptr || !type->has_fields()) return false;
  const std::string_view field = name.substr(dot + 1);
  if (by_field_.empty()) by_field_.resize(schema_->fields().size());
  const auto rule = static_cast<std::uint32_t>(rules_.size());
  rules_.push_back(roles);
  bool any = false;
  for (const schema::Field& one : schema_->fields(*type)) {
    if (field != "*" && field != one.name) continue;
    any = true;
    spread(one, rule);
  }
  return any;
}

// To the field, to those that implement it, and from all of them to what they implement.
void SchemaCheck::spread(const schema::Field& field, std::uint32_t rule) {
  const auto add = [&](const schema::Type& type) {
    if (const schema::Field* same = schema_->field(type, field.name)) {
      auto& rules = by_field_[schema_->id(*same)];
      if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
    }
  };
  const schema::Type& own = schema_->types()[field.parent];
  for (const schema::Type& type : schema_->types()) {
    if (&type != &own && !(type.has_fields() && schema_->implements(type, own))) continue;
    add(type);
    for (const std::uint32_t interface : schema_->interfaces(type)) add(schema_->types()[interface]);
  }
}

bool SchemaCheck::may_ask(const schema::Field& field, std::span<const std::string_view> roles) const {
  return std::ranges::all_of(by_field_[schema_->id(field)], [&](std::uint32_t rule) {
    return std::ranges::any_of(rules_[rule], [&](const std::string& role) {
      return std::ranges::find(roles, std::string_view(role)) != roles.end();
    });
  });
}

std::optional<Misfit> SchemaCheck::misfit(const Ask& ask, const GraphqlNode& document,
                                          std::span<const std::string_view> roles, const Lists& lists,
                                          std::uint64_t& cost, Arena& arena) const {
  const auto typed = schema::validate(document, *schema_, arena);
  if (!typed) return told(typed.error(), ask, arena);
  const GraphqlNode* runs = nullptr;
  std::size_t operations = 0;
  for (const schema::Definition& one : typed->definitions) {
    if (!one.node->is(GraphqlKind::operation)) continue;
    ++operations;
    if (ask.operation.empty() || one.node->name == ask.operation) runs = one.node;
  }
  // §6.1, GetOperation.
  if (runs == nullptr || (ask.operation.empty() && operations > 1)) {
    return Misfit{"operation_name", "The request names no operation of the query", std::nullopt, false};
  }
  if (const auto wrong = schema::misfit_of_variables(*schema_, *runs, ask.variables)) return told(*wrong, ask, arena);
  cost = cost_of(*typed, *schema_, ask.variables, lists, arena);
  if (by_field_.empty()) return std::nullopt;
  for (const schema::Selection& one : typed->selections) {
    if (one.field == nullptr || may_ask(*one.field, roles)) continue;
    return Misfit{"field_access", arena.concat("This field may not be asked for (", one.node->name, ")"),
                  decode::position_of(ask.query, one.node->offset), true};
  }
  return std::nullopt;
}

}  // namespace sallyport::controls::graphql
