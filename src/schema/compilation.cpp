// Long because the keywords of four dialects stand here, each in few lines.
#include "schema/compilation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decode/pointer.hpp"

namespace sallyport::schema {

using decode::Kind;
using decode::Value;

namespace {

constexpr std::size_t family(Family f) { return static_cast<std::size_t>(f); }
Instruction make(Op op, std::uint32_t a = none, std::uint32_t b = none, std::uint32_t c = none) {
  return {op, false, a, b, c};
}

std::uint8_t type_bits(std::string_view name) {
  const auto bit = [](Kind kind) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind)); };
  if (name == "integer") return Schema::integer_bit;
  for (const Kind kind : {Kind::null, Kind::boolean, Kind::number, Kind::string, Kind::array, Kind::object}) {
    if (decode::kind_name(kind) == name) return bit(kind);
  }
  return name == "file" ? 0x3f : 0;  // Swagger 2.0: anything
}

}  // namespace

std::unexpected<Error> SchemaCompilation::refuse(const Value& at, std::string message) const {
  const auto& resource = compiler_.resources_[resource_];
  return fail(ErrorCode::invalid, std::move(message), resource.uri + "#" + pointer_to(*resource.root, at));
}

bool SchemaCompilation::flag(std::string_view name) const {
  const Value* found = find(name);
  return found != nullptr && found->is(Kind::boolean) && found->boolean();
}

Result<std::optional<std::uint32_t>> SchemaCompilation::count(std::string_view name) const {
  const Value* found = find(name);
  if (found == nullptr || !dialect_.validation) return std::nullopt;
  if (!found->is(Kind::number)) return refuse(*found, fmt::format("`{}` must be a number", name));
  const Decimal exact(found->text());
  if (!exact.integer() || exact.negative()) return refuse(*found, fmt::format("`{}` must be a whole number", name));
  const auto value = exact.small();
  return value && *value < none ? static_cast<std::uint32_t>(*value) : none - 1;
}

Result<SchemaId> SchemaCompilation::below(const Value& schema) {
  return compiler_.schema_id(schema, resource_, Role::whole);
}

Result<SchemaId> SchemaCompilation::beside(const Value& schema) {
  const auto id = compiler_.schema_id(schema, resource_, Role::beside);
  if (id) compiler_.beside_[id_].push_back(*id);
  return id;
}

Result<std::uint32_t> SchemaCompilation::number(const Value& value) {
  if (!value.is(Kind::number)) return refuse(value, "must be a number");
  program_.numbers.emplace_back(value.text());
  return static_cast<std::uint32_t>(program_.numbers.size() - 1);
}

Result<std::uint32_t> SchemaCompilation::pattern(std::string_view expression) {
  auto compiled = Pattern::compile(expression);
  if (!compiled) return fail(ErrorCode::invalid, fmt::format("pattern `{}`: {}", expression, compiled.error().message));
  program_.patterns.push_back(std::move(*compiled));
  return static_cast<std::uint32_t>(program_.patterns.size() - 1);
}

Result<void> SchemaCompilation::run() {
  if (schema_.is(Kind::boolean)) {
    if (!schema_.boolean()) own_[0].push_back(make(Op::always_fails));
    assemble();
    return {};
  }
  if (!schema_.is(Kind::object)) return refuse(schema_, "a schema must be an object or a boolean");
  static constexpr Step steps[] = {
      &SchemaCompilation::types,      &SchemaCompilation::constants,    &SchemaCompilation::strings,
      &SchemaCompilation::numbers,    &SchemaCompilation::arrays,       &SchemaCompilation::containing,
      &SchemaCompilation::objects,    &SchemaCompilation::members,      &SchemaCompilation::dependents,
      &SchemaCompilation::references, &SchemaCompilation::alternatives, &SchemaCompilation::conditions,
      &SchemaCompilation::unevaluated};
  for (const Step step : steps) {
    if (auto done = (this->*step)(); !done) return done;
  }
  assemble();
  return {};
}

void SchemaCompilation::assemble() {
  Schema& schema = program_.schemas[id_];
  for (std::size_t f = 0; f < families; ++f) {
    const auto first = static_cast<std::uint32_t>(program_.code.size());
    if (f != 0) program_.code.insert(program_.code.end(), own_[f].begin(), own_[f].end());
    program_.code.insert(program_.code.end(), own_[0].begin(), own_[0].end());
    const auto& last = f == family(Family::array) ? last_items_ : last_members_;
    if (f >= family(Family::array)) program_.code.insert(program_.code.end(), last.begin(), last.end());
    schema.code[f] = {first, static_cast<std::uint32_t>(program_.code.size()) - first};
  }
}

Result<void> SchemaCompilation::references() {
  for (const std::string_view name : {"$ref", "$dynamicRef", "$recursiveRef"}) {
    const Value* reference = find(name);
    if (reference == nullptr) continue;
    const bool dynamic = name == "$dynamicRef";
    if (name != "$ref" && dialect_.version != Version::draft2020) continue;
    if (!reference->is(Kind::string)) continue;
    const auto place = compiler_.resources_.resolve(resource_, reference->text());
    if (!place) return refuse(*reference, place.error().message);
    const auto id = compiler_.schema_id(*place->value, place->resource, Role::beside);
    if (!id) return std::unexpected(id.error());
    if (dynamic && place->dynamic) {
      const std::string_view text = reference->text();
      program_.dynamic_references.push_back({text.substr(text.find('#') + 1), *id, {}});
      own_[0].push_back(
          make(Op::refer_dynamically, static_cast<std::uint32_t>(program_.dynamic_references.size() - 1)));
    } else {
      compiler_.beside_[id_].push_back(*id);
      own_[0].push_back(make(Op::refer, *id));
    }
  }
  return {};
}

Result<void> SchemaCompilation::types() {
  Schema& schema = program_.schemas[id_];
  schema.integers_written = dialect_.version == Version::draft4;
  if (dialect_.version == Version::openapi30) schema.nullable = flag("nullable");
  const Value* type = find("type");
  if (type == nullptr || !dialect_.validation) return {};
  std::uint8_t bits = 0;
  const auto add = [&](const Value& one) {
    const std::uint8_t more = one.is(Kind::string) ? type_bits(one.text()) : 0;
    bits |= more;
    return more != 0;
  };
  bool good = true;
  if (type->is(Kind::array)) {
    for (const Value& one : *type) good = good && add(one);
  } else {
    good = add(*type);
  }
  if (!good) return refuse(*type, "unknown type");
  schema.types = bits;
  return {};
}

Result<void> SchemaCompilation::constants() {
  if (!dialect_.validation) return {};
  if (const Value* constant = find("const"); constant != nullptr && !dialect_.old()) {
    program_.constants.push_back(constant);
    own_[0].push_back(make(Op::one_value, static_cast<std::uint32_t>(program_.constants.size() - 1)));
  }
  const Value* list = find("enum");
  if (list == nullptr) return {};
  if (!list->is(Kind::array)) return refuse(*list, "`enum` must be an array");
  constexpr std::size_t many = 12;
  const auto first = static_cast<std::uint32_t>(program_.constants.size());
  std::uint32_t owner = none;
  if (list->size() > many) owner = program_.owners++;
  for (const Value& one : *list) {
    program_.constants.push_back(&one);
    if (owner != none && one.is(Kind::string) && program_.names.find(owner, one.text()) == TextIndex::none) {
      program_.names.add(owner, one.text(), 0);
    }
  }
  own_[0].push_back(make(Op::enumeration, first, static_cast<std::uint32_t>(list->size()), owner));
  return {};
}

Result<void> SchemaCompilation::strings() {
  auto& code = own_[family(Family::string)];
  for (const auto& [name, op] : {std::pair{"minLength", Op::min_length}, {"maxLength", Op::max_length}}) {
    const auto limit = count(name);
    if (!limit) return std::unexpected(limit.error());
    if (*limit) code.push_back(make(op, **limit));
  }
  if (const Value* format = find("format"); format != nullptr && format->is(Kind::string) && dialect_.format) {
    auto known = format_named(format->text());
    if (known == Format::hostname && dialect_.version == Version::draft4) known = Format::old_hostname;
    if (known) {
      own_[family(of_numbers(*known) ? Family::number : Family::string)].push_back(
          make(Op::format, static_cast<std::uint32_t>(*known)));
    }
  }
  const Value* expression = find("pattern");
  if (expression == nullptr || !dialect_.validation) return {};
  if (!expression->is(Kind::string)) return refuse(*expression, "`pattern` must be a string");
  const auto compiled = pattern(expression->text());
  if (!compiled) return refuse(*expression, compiled.error().message);
  code.push_back(make(Op::pattern, *compiled));
  return {};
}

Result<void> SchemaCompilation::numbers() {
  if (!dialect_.validation) return {};
  auto& code = own_[family(Family::number)];
  struct Bounds {
    std::string_view name, exclusive;
    Op op, exclusive_op;
  };
  for (const Bounds& bound : {Bounds{"minimum", "exclusiveMinimum", Op::minimum, Op::exclusive_minimum},
                              Bounds{"maximum", "exclusiveMaximum", Op::maximum, Op::exclusive_maximum}}) {
    if (const Value* value = find(bound.name)) {
      const auto at = number(*value);
      if (!at) return std::unexpected(at.error());
      code.push_back(make(dialect_.old() && flag(bound.exclusive) ? bound.exclusive_op : bound.op, *at));
    }
    if (const Value* value = find(bound.exclusive); value != nullptr && !value->is(Kind::boolean)) {
      const auto at = number(*value);
      if (!at) return std::unexpected(at.error());
      code.push_back(make(bound.exclusive_op, *at));
    }
  }
  if (const Value* value = find("multipleOf")) {
    const auto divisor = value->is(Kind::number) ? divisor_of(Decimal(value->text())) : std::nullopt;
    if (!divisor) return refuse(*value, "`multipleOf` must be a number above 0 of at most 18 digits");
    program_.divisors.push_back(*divisor);
    code.push_back(make(Op::multiple_of, static_cast<std::uint32_t>(program_.divisors.size() - 1)));
  }
  return {};
}

Result<void> SchemaCompilation::alternatives() {
  for (const auto& [name, op] : {std::pair{"allOf", Op::refer}, {"anyOf", Op::any_of}, {"oneOf", Op::one_of}}) {
    const Value* list = find(name);
    if (list == nullptr) continue;
    if (!list->is(Kind::array)) return refuse(*list, fmt::format("`{}` must be an array", name));
    if (op != Op::refer && dialect_.version != Version::draft4 && find("discriminator") != nullptr) {
      if (auto done = discriminator(*list); !done) return done;
      continue;
    }
    std::vector<SchemaId> ids;
    for (const Value& one : *list) {
      const auto id = beside(one);
      if (!id) return std::unexpected(id.error());
      ids.push_back(*id);
    }
    if (op == Op::refer) {
      for (const SchemaId id : ids) own_[0].push_back(make(Op::refer, id));
    } else {
      const auto first = static_cast<std::uint32_t>(program_.lists.size());
      program_.lists.insert(program_.lists.end(), ids.begin(), ids.end());
      own_[0].push_back(make(op, first, static_cast<std::uint32_t>(ids.size())));
    }
  }
  return {};
}

// OpenAPI: a member says which of the alternatives is meant. Its values are the names of the
// referred schemas, and what `mapping` says.
Result<void> SchemaCompilation::discriminator(const Value& branches) {
  const Value* spoken = find("discriminator");
  const Value* property = spoken->find("propertyName");
  if (property == nullptr || !property->is(Kind::string)) return refuse(*spoken, "a discriminator names no property");
  Discriminator out{property->text(), program_.owners++};
  const auto add = [&](std::string_view name, SchemaId id) {
    if (program_.names.find(out.owner, name) == TextIndex::none) program_.names.add(out.owner, name, id);
  };
  if (const Value* mapping = spoken->find("mapping")) {
    for (const Value& entry : *mapping) {
      std::string reference(entry.text());
      if (reference.find_first_of("/#.") == std::string::npos) reference = "#/components/schemas/" + reference;
      const auto place = compiler_.resources_.resolve(resource_, reference);
      if (!place) return refuse(entry, place.error().message);
      const auto id = compiler_.schema_id(*place->value, place->resource, Role::beside);
      if (!id) return std::unexpected(id.error());
      compiler_.beside_[id_].push_back(*id);
      add(entry.name(), *id);
    }
  }
  for (const Value& branch : branches) {
    const auto id = beside(branch);
    if (!id) return std::unexpected(id.error());
    const Value* reference = branch.find("$ref");
    if (reference == nullptr) continue;
    const std::string_view text = reference->text();
    add(text.substr(text.rfind('/') + 1), *id);
  }
  program_.discriminators.push_back(out);
  own_[0].push_back(make(Op::discriminate, static_cast<std::uint32_t>(program_.discriminators.size() - 1)));
  return {};
}

Result<void> SchemaCompilation::conditions() {
  if (const Value* value = find("not")) {
    const auto id = beside(*value);
    if (!id) return std::unexpected(id.error());
    own_[0].push_back(make(Op::negate, *id));
  }
  const Value* test = find("if");
  if (test == nullptr || dialect_.old()) return {};
  Condition out;
  for (const auto& [name, at] : {std::pair{"if", &out.test}, {"then", &out.then}, {"else", &out.otherwise}}) {
    const Value* value = find(name);
    if (value == nullptr) continue;
    const auto id = beside(*value);
    if (!id) return std::unexpected(id.error());
    *at = *id;
  }
  program_.conditions.push_back(out);
  own_[0].push_back(make(Op::condition, static_cast<std::uint32_t>(program_.conditions.size() - 1)));
  return {};
}

Result<void> SchemaCompilation::arrays() {
  auto& code = own_[family(Family::array)];
  for (const auto& [name, op] : {std::pair{"minItems", Op::min_items}, {"maxItems", Op::max_items}}) {
    const auto limit = count(name);
    if (!limit) return std::unexpected(limit.error());
    if (*limit) code.push_back(make(op, **limit));
  }
  const Value* items = find("items");
  const Value* first = dialect_.version == Version::draft2020 ? find("prefixItems") : nullptr;
  const Value* others = items;
  if (dialect_.version != Version::draft2020 && items != nullptr && items->is(Kind::array)) {
    first = items;
    others = find("additionalItems");
  }
  Instruction all = make(Op::items, static_cast<std::uint32_t>(program_.lists.size()), 0);
  if (first != nullptr && first->is(Kind::array)) {
    std::vector<SchemaId> ids;
    for (const Value& one : *first) {
      const auto id = below(one);
      if (!id) return std::unexpected(id.error());
      ids.push_back(*id);
    }
    all.a = static_cast<std::uint32_t>(program_.lists.size());
    all.b = static_cast<std::uint32_t>(ids.size());
    program_.lists.insert(program_.lists.end(), ids.begin(), ids.end());
  }
  if (others != nullptr) {
    const auto id = below(*others);
    if (!id) return std::unexpected(id.error());
    all.c = *id;
  }
  if (all.b != 0 || all.c != none) code.push_back(all);
  if (flag("uniqueItems") && dialect_.validation) code.push_back(make(Op::unique_items));
  return {};
}

Result<void> SchemaCompilation::containing() {
  const Value* value = find("contains");
  if (value == nullptr || dialect_.old()) return {};
  Contains out;
  const auto id = below(*value);
  if (!id) return std::unexpected(id.error());
  out.schema = *id;
  out.evaluates = dialect_.version == Version::draft2020;
  if (dialect_.version == Version::draft2020) {
    const auto least = count("minContains");
    const auto most = count("maxContains");
    if (!least) return std::unexpected(least.error());
    if (!most) return std::unexpected(most.error());
    if (*least) out.least = **least;
    if (*most) out.most = **most;
  }
  program_.contains.push_back(out);
  own_[family(Family::array)].push_back(make(Op::contains, static_cast<std::uint32_t>(program_.contains.size() - 1)));
  return {};
}

}  // namespace sallyport::schema
