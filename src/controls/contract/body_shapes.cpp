#include "controls/contract/body_shapes.hpp"

#include <algorithm>
#include <array>

namespace sallyport::controls::contract {
namespace {

using decode::Kind;
using decode::Value;

constexpr int max_depth = 16;  // schemas that judge one value, inside each other

std::string_view text_of(const Value* value, std::string_view name) {
  const Value* found = value == nullptr ? nullptr : value->find(name);
  return found == nullptr ? std::string_view() : found->text();
}

bool says(const Value& schema, std::string_view name) {
  const Value* type = schema.find("type");
  if (type == nullptr) return false;
  if (!type->is(Kind::array)) return type->text() == name;
  return std::ranges::any_of(*type, [&](const Value& each) { return each.text() == name; });
}

std::vector<std::string> split_types(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    one = one.substr(0, one.find(';'));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) out.emplace_back(one);
  }
  return out;
}

}  // namespace

// Those of the schema, and of what judges the same value beside it. Of equal names the first counts.
Result<void> BodyShapes::properties(Seen schema, int depth, std::vector<Named>& out) {
  const auto at = documents_.follow(schema);
  if (!at) return std::unexpected(at.error());
  if (const Value* own = at->value->find("properties"); own != nullptr && own->is(Kind::object)) {
    for (const Value& one : *own) {
      const bool known = std::ranges::any_of(out, [&](const Named& named) { return named.name == one.name(); });
      if (!known) out.push_back({std::string(one.name()), {&one, at->resource}});
    }
  }
  if (depth == 0) return {};
  for (const char* name : {"allOf", "oneOf", "anyOf"}) {
    const Value* list = at->value->find(name);
    if (list == nullptr || !list->is(Kind::array)) continue;
    for (const Value& one : *list) {
      if (auto done = properties({&one, at->resource}, depth - 1, out); !done) return done;
    }
  }
  return {};
}

Result<Shape> BodyShapes::shape(Seen schema, int depth) {
  const auto at = documents_.follow(schema);
  if (!at) return std::unexpected(at.error());
  if (says(*at->value, "array")) return Shape::array;
  if (says(*at->value, "object") || at->value->find("properties") != nullptr) return Shape::object;
  if (at->value->find("type") != nullptr || depth == 0) return Shape::scalar;
  for (const char* name : {"allOf", "oneOf", "anyOf"}) {
    const Value* list = at->value->find(name);
    if (list == nullptr || !list->is(Kind::array)) continue;
    for (const Value& one : *list) {
      const auto found = shape({&one, at->resource}, depth - 1);
      if (!found || *found != Shape::scalar) return found;
    }
  }
  return Shape::scalar;
}

Result<Seen> BodyShapes::items(Seen schema, int depth) {
  const auto at = documents_.follow(schema);
  if (!at) return std::unexpected(at.error());
  if (const Value* own = at->value->find("items"); own != nullptr && own->is(Kind::object)) {
    return Seen{own, at->resource};
  }
  if (depth == 0) return Seen{};
  for (const char* name : {"allOf", "oneOf", "anyOf"}) {
    const Value* list = at->value->find(name);
    if (list == nullptr || !list->is(Kind::array)) continue;
    for (const Value& one : *list) {
      const auto found = items({&one, at->resource}, depth - 1);
      if (!found || found->value != nullptr) return found;
    }
  }
  return Seen{};
}

Result<FormField> BodyShapes::field(std::string_view name, Seen schema) {
  FormField out;
  out.name = name;
  const auto id = compiler_.compile(*schema.value, schema.resource);
  if (!id) return std::unexpected(id.error());
  out.schema = *id;
  const auto own = shape(schema, max_depth);
  if (!own) return std::unexpected(own.error());
  out.shape = *own;
  if (out.shape != Shape::array) return out;
  const auto item = items(schema, max_depth);
  if (!item) return std::unexpected(item.error());
  if (item->value == nullptr) return out;
  const auto item_id = compiler_.compile(*item->value, item->resource);
  const auto item_shape = shape(*item, max_depth);
  if (!item_id) return std::unexpected(item_id.error());
  if (!item_shape) return std::unexpected(item_shape.error());
  out.items = *item_id;
  out.items_are_objects = *item_shape != Shape::scalar;
  return out;
}

Result<std::vector<FormField>> BodyShapes::fields(Seen schema, const Value* encoding) {
  std::vector<Named> named;
  if (auto found = properties(schema, max_depth, named); !found) return std::unexpected(found.error());
  std::vector<FormField> out;
  for (const Named& one : named) {
    auto made = field(one.name, one.schema);
    if (!made) return std::unexpected(made.error());
    if (const Value* hint = encoding == nullptr ? nullptr : encoding->find(one.name)) {
      made->types = split_types(text_of(hint, "contentType"));
      const std::string_view style = text_of(hint, "style");
      if (style == "spaceDelimited") made->style = Style::space_delimited;
      if (style == "pipeDelimited") made->style = Style::pipe_delimited;
      if (style == "deepObject") made->style = Style::deep_object;
      if (!style.empty()) made->explode = style == "form" || style == "deepObject";
      if (const Value* explode = hint->find("explode")) made->explode = explode->text() == "true";
    }
    out.push_back(std::move(*made));
  }
  std::ranges::sort(out, {}, &FormField::name);
  return out;
}

Result<const Value*> BodyShapes::hints(Seen schema) {
  if (const Value* own = schema.value->find("xml")) return own;
  const auto at = documents_.follow(schema);
  if (!at) return std::unexpected(at.error());
  return at->value->find("xml");
}

Result<void> BodyShapes::xml(Seen schema, Media& media) {
  const auto hint = hints(schema);
  if (!hint) return std::unexpected(hint.error());
  media.root = text_of(*hint, "name");
  // A schema that is named by reference gives the element its name.
  if (media.root.empty()) {
    const std::string_view reference = text_of(schema.value, "$ref");
    media.root = reference.substr(reference.rfind('/') + 1);
  }
  const auto made = element(schema, media.root);
  if (!made) return std::unexpected(made.error());
  media.xml = *made;
  return {};
}

Result<std::uint32_t> BodyShapes::element(Seen schema, const std::string& name) {
  const auto at = documents_.follow(schema);
  if (!at) return std::unexpected(at.error());
  const auto key = std::pair(at->value, name);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  const auto place = static_cast<std::uint32_t>(xml_.size());
  known_.emplace(key, place);
  xml_.emplace_back();
  XmlShape out;
  const auto own = shape(*at, max_depth);
  const auto id = compiler_.compile(*at->value, at->resource);
  if (!own) return std::unexpected(own.error());
  if (!id) return std::unexpected(id.error());
  out.shape = *own;
  out.schema = *id;
  if (out.shape == Shape::array) {
    const auto item = items(*at, max_depth);
    if (!item) return std::unexpected(item.error());
    out.item_name = name;
    if (item->value != nullptr) {
      const auto hint = hints(*item);
      if (!hint) return std::unexpected(hint.error());
      if (!text_of(*hint, "name").empty()) out.item_name = text_of(*hint, "name");
      const auto made = element(*item, out.item_name);
      if (!made) return made;
      out.items = *made;
    }
  }
  if (out.shape == Shape::object) {
    std::vector<Named> named;
    if (auto found = properties(*at, max_depth, named); !found) return std::unexpected(found.error());
    for (const Named& property : named) {
      auto made = member(property);
      if (!made) return std::unexpected(made.error());
      out.members.push_back(std::move(*made));
    }
  }
  xml_[place] = std::move(out);
  return place;
}

Result<XmlShape::Member> BodyShapes::member(const Named& property) {
  const auto hint = hints(property.schema);
  if (!hint) return std::unexpected(hint.error());
  XmlShape::Member out;
  out.property = property.name;
  out.name = text_of(*hint, "name").empty() ? property.name : std::string(text_of(*hint, "name"));
  out.space = text_of(*hint, "namespace");
  out.attribute = text_of(*hint, "attribute") == "true";
  const auto own = shape(property.schema, max_depth);
  if (!own) return std::unexpected(own.error());
  const auto made = element(property.schema, out.name);
  if (!made) return std::unexpected(made.error());
  out.shape = *made;
  out.unwrapped = *own == Shape::array && text_of(*hint, "wrapped") != "true";
  if (!out.unwrapped) return out;
  // The items' own name is that of the elements (OpenAPI 3.1 §4.8.26.2: the array's has no meaning).
  const auto item = items(property.schema, max_depth);
  if (!item) return std::unexpected(item.error());
  if (item->value == nullptr) return out;
  const auto item_hint = hints(*item);
  if (!item_hint) return std::unexpected(item_hint.error());
  out.name = text_of(*item_hint, "name").empty() ? property.name : std::string(text_of(*item_hint, "name"));
  if (!text_of(*item_hint, "namespace").empty()) out.space = text_of(*item_hint, "namespace");
  return out;
}

}  // namespace sallyport::controls::contract
