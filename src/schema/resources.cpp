#include "schema/resources.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "schema/uri.hpp"

namespace sallyport::schema {
namespace {

using decode::Kind;
using decode::Value;

enum class Shape : std::uint8_t { one, list, map, one_or_list };
struct Keyword {
  std::string_view name;
  Shape shape;
  Version first;  // of draft 4, 7, 2020: since when
  Version last;
};
constexpr auto d4 = Version::draft4, d7 = Version::draft7, d20 = Version::draft2020;
constexpr auto keywords = std::to_array<Keyword>({
    {"additionalItems", Shape::one, d4, d7},
    {"additionalProperties", Shape::one, d4, d20},
    {"allOf", Shape::list, d4, d20},
    {"anyOf", Shape::list, d4, d20},
    {"oneOf", Shape::list, d4, d20},
    {"not", Shape::one, d4, d20},
    {"items", Shape::one_or_list, d4, d7},
    {"items", Shape::one, d20, d20},
    {"prefixItems", Shape::list, d20, d20},
    {"properties", Shape::map, d4, d20},
    {"patternProperties", Shape::map, d4, d20},
    {"definitions", Shape::map, d4, d20},
    {"dependencies", Shape::map, d4, d20},
    {"contains", Shape::one, d7, d20},
    {"propertyNames", Shape::one, d7, d20},
    {"if", Shape::one, d7, d20},
    {"then", Shape::one, d7, d20},
    {"else", Shape::one, d7, d20},
    {"$defs", Shape::map, d20, d20},
    {"dependentSchemas", Shape::map, d20, d20},
    {"unevaluatedItems", Shape::one, d20, d20},
    {"unevaluatedProperties", Shape::one, d20, d20},
    {"contentSchema", Shape::one, d20, d20},
});

std::string_view text_of(const Value& schema, std::string_view name) {
  const Value* found = schema.find(name);
  return found != nullptr && found->is(Kind::string) ? found->text() : std::string_view();
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[++i] == '1' ? '/' : '~') : token[i];
  }
  return out;
}

const Value* child(const Value& value, const std::string& token) {
  if (value.is(Kind::object)) return value.find(token);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (!value.is(Kind::array) || token.empty() || error != std::errc() || end != token.data() + token.size())
    return nullptr;
  return value.at(index);
}

}  // namespace

void each_subschema(const Value& schema, const Dialect& dialect, const std::function<void(const Value&)>& visit) {
  if (!schema.is(Kind::object)) return;
  const Version version = dialect.version == Version::openapi30 ? Version::draft4 : dialect.version;
  for (const Value& member : schema) {
    for (const Keyword& keyword : keywords) {
      if (keyword.name != member.name() || version < keyword.first || version > keyword.last) continue;
      const bool one = keyword.shape == Shape::one || (keyword.shape == Shape::one_or_list && !member.is(Kind::array));
      if (one) {
        visit(member);
      } else if (member.is_container()) {
        for (const Value& below : member) visit(below);
      }
    }
  }
}

Resources::Id Resources::make(const std::string& uri, const Value& root, Dialect dialect) {
  const Id id = static_cast<Id>(resources_.size());
  resources_.push_back({uri, &root, dialect, {}, {}});
  by_uri_.try_emplace(uri, id);
  return id;
}

Result<Dialect> Resources::dialect_of(const Value& schema, Dialect given) {
  const std::string_view uri = schema.is(Kind::object) ? text_of(schema, "$schema") : std::string_view();
  if (uri.empty() || given.version == Version::openapi30) return given;
  if (const auto version = standard_version(uri)) {
    return Dialect{*version, true, given.format};
  }
  const auto tree = load_(std::string(split_fragment(uri).document));
  if (!tree) return std::unexpected(tree.error());
  if (*tree == nullptr) return given;
  const auto below = dialect_of(**tree, given);
  if (!below) return below;
  Dialect out = *below;
  if (const Value* vocabularies = (*tree)->find("$vocabulary")) {
    out.validation = vocabularies->find("https://json-schema.org/draft/2020-12/vocab/validation") != nullptr;
    if (vocabularies->find("https://json-schema.org/draft/2020-12/vocab/format-assertion") != nullptr)
      out.format = true;
  }
  return out;
}

Result<Resources::Id> Resources::add_schema(const std::string& uri, const Value& root, Dialect dialect) {
  const auto own = dialect_of(root, dialect);
  if (!own) return std::unexpected(own.error());
  const Id id = make(uri, root, *own);
  if (const auto scanned = scan(root, id); !scanned) return std::unexpected(scanned.error());
  return id;
}

Resources::Id Resources::add_document(const std::string& uri, const Value& root, Dialect dialect) {
  return make(uri, root, dialect);
}

// The resource of one schema: `within`, or a new one that its id begins. Notes its anchors.
Result<Resources::Id> Resources::identify(const Value& schema, Id within) {
  if (!schema.is(Kind::object)) return within;
  Dialect dialect = resources_[within].dialect;
  Id id = within;
  const bool hidden = dialect.ref_hides() && schema.find("$ref") != nullptr;
  const std::string_view own = hidden ? std::string_view() : text_of(schema, dialect.id());
  if (!own.empty() && dialect.version != Version::openapi30) {
    const std::string full = resolve_uri(resources_[within].uri, own);
    const SplitUri parts = split_fragment(full);
    if (parts.document != resources_[within].uri && !own.starts_with('#')) {
      const auto changed = dialect_of(schema, dialect);
      if (!changed) return std::unexpected(changed.error());
      id = make(std::string(parts.document), schema, *changed);
      dialect = *changed;
    }
    if (!parts.fragment.empty() && dialect.ref_hides()) {
      resources_[id].anchors.try_emplace(std::string(parts.fragment), &schema);
    }
  }
  if (dialect.version == Version::draft2020) {
    if (const auto name = text_of(schema, "$anchor"); !name.empty()) {
      resources_[id].anchors.try_emplace(std::string(name), &schema);
    }
    if (const auto name = text_of(schema, "$dynamicAnchor"); !name.empty()) {
      resources_[id].anchors.try_emplace(std::string(name), &schema);
      resources_[id].dynamic_anchors.try_emplace(std::string(name), &schema);
    }
  }
  return id;
}

Result<void> Resources::scan(const Value& schema, Id within) {
  std::vector<std::pair<const Value*, Id>> open{{&schema, within}};
  while (!open.empty()) {
    const auto [at, around] = open.back();
    open.pop_back();
    if (places_.contains(at)) continue;
    const auto id = identify(*at, around);
    if (!id) return std::unexpected(id.error());
    places_.emplace(at, *id);
    const Dialect dialect = resources_[*id].dialect;
    if (dialect.ref_hides() && at->is(Kind::object) && at->find("$ref") != nullptr) {
      // Definitions beside a $ref can still be pointed at.
      for (const std::string_view name : {"definitions", "$defs"}) {
        if (const Value* all = at->find(name); all != nullptr && all->is_container()) {
          for (const Value& one : *all) open.emplace_back(&one, *id);
        }
      }
      continue;
    }
    each_subschema(*at, dialect, [&, below = *id](const Value& sub) { open.emplace_back(&sub, below); });
  }
  return {};
}

Result<Resources::Id> Resources::resource_of(const Value& schema, Id within) {
  if (!places_.contains(&schema)) {
    if (const auto scanned = scan(schema, within); !scanned) return std::unexpected(scanned.error());
  }
  return places_.at(&schema);
}

Result<Resources::Place> Resources::at_pointer(Id from, std::string_view pointer, std::string_view reference) {
  const Value* at = resources_[from].root;
  Id resource = from;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string token = unescaped(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
    at = child(*at, token);
    if (at == nullptr) return fail(ErrorCode::not_found, fmt::format("nothing stands at `{}`", reference));
    if (const auto known = places_.find(at); known != places_.end()) resource = known->second;
  }
  return Place{at, resource, false};
}

Result<Resources::Place> Resources::resolve(Id from, std::string_view reference) {
  const std::string full = resolve_uri(resources_[from].uri, reference);
  const SplitUri parts = split_fragment(full);
  const std::string document(parts.document);
  if (!by_uri_.contains(document)) {
    const auto tree = load_(document);
    if (!tree) return std::unexpected(tree.error());
    if (*tree == nullptr) return fail(ErrorCode::not_found, fmt::format("`{}` is not known", document));
    const bool schema = resources_[from].dialect.version != Version::openapi30;
    if (schema) {
      if (const auto added = add_schema(document, **tree, resources_[from].dialect); !added) {
        return std::unexpected(added.error());
      }
    } else {
      add_document(document, **tree, resources_[from].dialect);
    }
  }
  const Id id = by_uri_.at(document);
  const std::string fragment = percent_decoded(parts.fragment);
  if (fragment.empty()) {
    // A document may say another id than it was loaded by.
    const auto known = places_.find(resources_[id].root);
    return Place{resources_[id].root, known == places_.end() ? id : known->second, false};
  }
  if (fragment.starts_with('/')) return at_pointer(id, fragment, reference);
  for (const Id one : {id, places_.contains(resources_[id].root) ? places_.at(resources_[id].root) : id}) {
    const Resource& resource = resources_[one];
    if (const auto found = resource.anchors.find(fragment); found != resource.anchors.end()) {
      return Place{found->second, one, resource.dynamic_anchors.contains(fragment)};
    }
  }
  return fail(ErrorCode::not_found, fmt::format("no anchor `{}`", reference));
}

}  // namespace sallyport::schema
