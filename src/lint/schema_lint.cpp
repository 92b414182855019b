#include "lint/schema_lint.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/names.hpp"

namespace sallyport::lint {
namespace {

using decode::Kind;
using decode::Value;

bool has_type(const Value& schema, std::string_view name) {
  const Value* type = schema.find("type");
  if (type == nullptr) return false;
  if (!type->is(Kind::array)) return type->text() == name;
  return std::ranges::any_of(*type, [&](const Value& each) { return each.text() == name; });
}

bool has_any(const Value& schema, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return schema.find(name) != nullptr; });
}

std::string_view text(const Value& schema, std::string_view name) {
  const Value* found = schema.find(name);
  return found == nullptr ? std::string_view() : found->text();
}

// Formats that bound the length by themselves.
bool is_short(std::string_view format) {
  constexpr auto known = std::to_array<std::string_view>(
      {"date", "date-time", "time", "duration", "uuid", "ipv4", "ipv6", "int32", "int64"});
  return std::ranges::find(known, format) != known.end();
}

}  // namespace

Result<Broken> SchemaLint::look(Seen schema, Use use) { return look(schema, use, false); }

// `part`: of an allOf, where another part may say what this one does not.
Result<Broken> SchemaLint::look(Seen schema, Use use, bool part) {
  const auto at = documents_.follow(schema);
  if (!at) return std::unexpected(at.error());
  if (!at->value->is(Kind::object)) return 0;
  const auto [known, fresh] = known_.emplace(std::pair(at->value, use), 0);
  if (!fresh) return known->second;
  const Value& self = *at->value;
  Broken broken = values(*at, use) | object(*at, use, part);
  const auto below = [&](const Value& value, bool of_part) -> Result<void> {
    const auto more = look({&value, at->resource}, use, of_part);
    if (!more) return std::unexpected(more.error());
    broken |= *more;
    return {};
  };
  if (const Value* properties = self.find("properties"); properties != nullptr && properties->is(Kind::object)) {
    for (const Value& one : *properties) {
      broken |= member({&one, at->resource}, use);
      if (auto done = below(one, false); !done) return std::unexpected(done.error());
    }
  }
  for (const char* name : {"items", "additionalProperties", "contains", "then", "else"}) {
    const Value* one = self.find(name);
    if (one == nullptr || !one->is(Kind::object)) continue;
    if (auto done = below(*one, false); !done) return std::unexpected(done.error());
  }
  for (const char* name : {"allOf", "oneOf", "anyOf", "prefixItems"}) {
    const Value* list = self.find(name);
    if (list == nullptr || !list->is(Kind::array)) continue;
    for (const Value& one : *list) {
      if (auto done = below(one, std::string_view(name) == "allOf"); !done) return std::unexpected(done.error());
    }
  }
  known->second = broken;
  return broken;
}

Broken SchemaLint::values(Seen at, Use use) {
  const Value& self = *at.value;
  Broken broken = 0;
  if (has_type(self, "array") && !has_any(self, {"maxItems", "const", "enum"})) {
    broken |= collector_.add(Rule::array_unbounded, at);
  }
  if (use == Use::answer) return broken;
  if (has_type(self, "string")) broken |= strings(at);
  const bool number = has_type(self, "integer") || has_type(self, "number");
  const bool bounded = has_any(self, {"minimum", "exclusiveMinimum"}) && has_any(self, {"maximum", "exclusiveMaximum"});
  if (number && !bounded && !has_any(self, {"enum", "const"}) && !is_short(text(self, "format"))) {
    broken |= collector_.add(Rule::number_unbounded, at);
  }
  if (!has_any(self, {"type", "enum", "const", "allOf", "oneOf", "anyOf", "not", "properties", "items", "$ref",
                      "additionalProperties", "discriminator", "if", "required"})) {
    broken |= collector_.add(Rule::untyped_schema, at);
  }
  return broken;
}

Broken SchemaLint::strings(Seen at) {
  const Value& self = *at.value;
  if (has_any(self, {"enum", "const"})) return 0;
  Broken broken = 0;
  const std::string_view format = text(self, "format");
  if (self.find("maxLength") == nullptr && !is_short(format)) broken |= collector_.add(Rule::string_unbounded, at);
  if (self.find("pattern") == nullptr && format.empty()) broken |= collector_.add(Rule::string_unrestricted, at);
  if (format == "uri" || format == "url")
    broken |= collector_.add(Rule::url_parameter, at, "a string of the format uri");
  return broken;
}

Broken SchemaLint::object(Seen at, Use use, bool part) {
  const Value& self = *at.value;
  if (use == Use::answer || part) return 0;
  const Value* additional = self.find("additionalProperties");
  const Value* unevaluated = self.find("unevaluatedProperties");
  const auto says = [](const Value* value, std::string_view word) { return value != nullptr && value->text() == word; };
  const bool names = self.find("properties") != nullptr;
  Broken broken = 0;
  if (additional != nullptr && additional->is(Kind::object)) {
    if (self.find("maxProperties") == nullptr) broken |= collector_.add(Rule::open_object_unconstrained, at);
  } else if (names && !says(additional, "false") && !says(unevaluated, "false")) {
    broken |= collector_.add(Rule::open_object, at);
  }
  return broken;
}

// What a member's name says.
Broken SchemaLint::member(Seen at, Use use) {
  const std::string_view name = at.value->name();
  if (use == Use::request) {
    return is_url(name) && has_type(*at.value, "string") && text(*at.value, "format") != "uri"
               ? collector_.add(Rule::url_parameter, at, fmt::format("property `{}`", name))
               : 0;
  }
  return is_secret(name) && text(*at.value, "writeOnly") != "true"
             ? collector_.add(Rule::sensitive_answer, at, fmt::format("property `{}`", name))
             : 0;
}

}  // namespace sallyport::lint
