#include <algorithm>

#include <fmt/format.h>

#include "schema/compilation.hpp"

namespace sallyport::schema {

using decode::Kind;
using decode::Value;

namespace {

constexpr std::size_t object_family = static_cast<std::size_t>(Family::object);
Instruction make(Op op, std::uint32_t a = none) { return {op, false, a, none, none}; }

}  // namespace

Result<void> SchemaCompilation::objects() {
  auto& code = own_[object_family];
  for (const auto& [name, op] :
       {std::pair{"minProperties", Op::min_properties}, {"maxProperties", Op::max_properties}}) {
    const auto limit = count(name);
    if (!limit) return std::unexpected(limit.error());
    if (*limit) code.push_back(make(op, **limit));
  }
  if (const Value* names = find("propertyNames"); names != nullptr && !dialect_.old()) {
    const auto id = below(*names);
    if (!id) return std::unexpected(id.error());
    code.push_back(make(Op::property_names, *id));
  }
  return {};
}

// "readOnly" in requests, "writeOnly" in answers: members that must not be there.
std::string_view SchemaCompilation::refused_member(const Value& schema) const {
  const Direction direction = compiler_.strictness_.direction;
  if (direction == Direction::neither) return {};
  const std::string_view name = direction == Direction::request ? "readOnly" : "writeOnly";
  const Value* at = &schema;
  Resources::Id within = resource_;
  for (int chain = 0; chain < 16 && at->is(Kind::object); ++chain) {
    if (const Value* said = at->find(name))
      return said->is(Kind::boolean) && said->boolean() ? name : std::string_view();
    const Value* reference = at->find("$ref");
    if (reference == nullptr) break;
    const auto place = compiler_.resources_.resolve(within, reference->text());
    if (!place) break;
    at = place->value;
    within = place->resource;
  }
  return {};
}

// Does it, or what judges the same value beside it, name members?
bool SchemaCompilation::names_members(const Value& schema, Resources::Id within, int depth) const {
  if (!schema.is(Kind::object) || depth == 0) return false;
  for (const std::string_view name : {"properties", "patternProperties"}) {
    const Value* named = schema.find(name);
    if (named != nullptr && named->size() != 0) return true;
  }
  if (const Value* reference = schema.find("$ref"); reference != nullptr && reference->is(Kind::string)) {
    const auto place = compiler_.resources_.resolve(within, reference->text());
    if (place && names_members(*place->value, place->resource, depth - 1)) return true;
  }
  for (const std::string_view name : {"allOf", "anyOf", "oneOf", "dependentSchemas"}) {
    const Value* list = schema.find(name);
    if (list == nullptr) continue;
    for (const Value& one : *list) {
      if (names_members(one, within, depth - 1)) return true;
    }
  }
  return std::ranges::any_of(std::initializer_list<std::string_view>{"if", "then", "else"}, [&](std::string_view name) {
    const Value* one = schema.find(name);
    return one != nullptr && names_members(*one, within, depth - 1);
  });
}

Result<void> SchemaCompilation::one_property(const Value& property, std::uint32_t owner, std::uint32_t place) {
  Property& out = program_.properties[place];
  out.refused = refused_member(property);
  const auto id = below(property);
  if (!id) return std::unexpected(id.error());
  program_.properties[place].schema = *id;
  if (program_.names.find(owner, property.name()) == TextIndex::none) program_.names.add(owner, property.name(), place);
  return {};
}

Result<void> SchemaCompilation::members() {
  const Value* properties = find("properties");
  const Value* patterns = find("patternProperties");
  const Value* additional = find("additionalProperties");
  const Value* required = dialect_.validation ? find("required") : nullptr;
  if (required != nullptr && !required->is(Kind::array)) {
    // Swagger files say `required: true` of a property; it has no meaning there.
    if (dialect_.version == Version::openapi30 || dialect_.version == Version::draft4)
      required = nullptr;
    else
      return refuse(*required, "`required` must be an array");
  }
  ObjectPlan plan;
  plan.owner = program_.owners++;
  if (properties != nullptr) {
    if (!properties->is(Kind::object)) return refuse(*properties, "`properties` must be an object");
    for (const Value& property : *properties) {
      const auto place = static_cast<std::uint32_t>(program_.properties.size());
      program_.properties.emplace_back();
      if (auto done = one_property(property, plan.owner, place); !done) return done;
    }
  }
  plan.required_first = static_cast<std::uint32_t>(program_.required_names.size());
  if (required != nullptr) {
    for (const Value& one : *required) {
      if (!one.is(Kind::string)) return refuse(one, "`required` must hold strings");
      std::uint32_t place = program_.names.find(plan.owner, one.text());
      if (place == TextIndex::none) {
        place = static_cast<std::uint32_t>(program_.properties.size());
        program_.properties.emplace_back();
        program_.names.add(plan.owner, one.text(), place);
      }
      Property& property = program_.properties[place];
      if (property.required != none || !property.refused.empty()) continue;
      property.required = plan.required++;
      program_.required_names.push_back(one.text());
    }
  }
  plan.patterns_first = static_cast<std::uint32_t>(program_.member_patterns.size());
  if (patterns != nullptr && patterns->is(Kind::object) && dialect_.version != Version::openapi30) {
    std::vector<MemberPattern> own;
    for (const Value& one : *patterns) {
      const auto compiled = pattern(one.name());
      if (!compiled) return refuse(one, compiled.error().message);
      const auto id = below(one);
      if (!id) return std::unexpected(id.error());
      own.push_back({*compiled, *id});
    }
    plan.patterns_first = static_cast<std::uint32_t>(program_.member_patterns.size());
    plan.patterns = static_cast<std::uint32_t>(own.size());
    program_.member_patterns.insert(program_.member_patterns.end(), own.begin(), own.end());
  }
  if (additional != nullptr && additional->is(Kind::boolean)) {
    plan.others = additional->boolean() ? Others::evaluated : Others::refused;
  } else if (additional != nullptr) {
    const auto id = below(*additional);
    if (!id) return std::unexpected(id.error());
    plan.others = Others::schema;
    plan.schema = *id;
  } else if (compiler_.strictness_.closed && whole_ && find("unevaluatedProperties") == nullptr &&
             find("discriminator") == nullptr) {
    bool composed = false;
    for (const std::string_view name :
         {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies"}) {
      composed = composed || find(name) != nullptr;
    }
    const bool names = names_members(schema_, resource_, 32);
    if (names && !composed) plan.others = Others::unknown;
    if (names && composed) last_members_.push_back(make(Op::unevaluated_members));
  } else if (compiler_.strictness_.closed && whole_ && find("unevaluatedProperties") == nullptr &&
             (find("oneOf") != nullptr || find("anyOf") != nullptr) && names_members(schema_, resource_, 32)) {
    last_members_.push_back(make(Op::unevaluated_members));
  }
  const bool says = properties != nullptr || plan.patterns != 0 || additional != nullptr || plan.required != 0;
  if (!says) return {};
  program_.objects.push_back(plan);
  own_[object_family].push_back(make(Op::members, static_cast<std::uint32_t>(program_.objects.size() - 1)));
  return {};
}

Result<void> SchemaCompilation::dependents() {
  auto& code = own_[object_family];
  const auto needs = [&](const Value& list) -> Result<void> {
    Dependent out{list.name(), {}, none};
    for (const Value& one : list) {
      if (!one.is(Kind::string)) return refuse(one, "must be a string");
      out.needs.push_back(one.text());
    }
    program_.dependents.push_back(std::move(out));
    code.push_back(make(Op::dependent_required, static_cast<std::uint32_t>(program_.dependents.size() - 1)));
    return {};
  };
  const auto judges = [&](const Value& schema) -> Result<void> {
    const auto id = beside(schema);
    if (!id) return std::unexpected(id.error());
    program_.dependents.push_back({schema.name(), {}, *id});
    code.push_back(make(Op::dependent_schema, static_cast<std::uint32_t>(program_.dependents.size() - 1)));
    return {};
  };
  for (const std::string_view name : {"dependencies", "dependentRequired", "dependentSchemas"}) {
    const Value* all = find(name);
    if (all == nullptr || !all->is(Kind::object)) continue;
    if (name != "dependencies" && dialect_.version != Version::draft2020) continue;
    if (name == "dependentRequired" && !dialect_.validation) continue;
    for (const Value& one : *all) {
      if (auto done = one.is(Kind::array) ? needs(one) : judges(one); !done) return done;
    }
  }
  return {};
}

Result<void> SchemaCompilation::unevaluated() {
  if (dialect_.version == Version::draft2020) {
    const Value* members = find("unevaluatedProperties");
    if (members != nullptr && members->is(Kind::boolean) && !members->boolean()) {
      last_members_.push_back({Op::unevaluated_members, true, none, none, none});
    } else if (members != nullptr) {
      const auto id = below(*members);
      if (!id) return std::unexpected(id.error());
      last_members_.push_back(make(Op::unevaluated_members, *id));
    }
    if (const Value* value = find("unevaluatedItems")) {
      const auto id = below(*value);
      if (!id) return std::unexpected(id.error());
      last_items_.push_back(make(Op::unevaluated_items, *id));
    }
  }
  program_.schemas[id_].tracks_members = !last_members_.empty();
  program_.schemas[id_].tracks_items = !last_items_.empty();
  return {};
}

}  // namespace sallyport::schema
