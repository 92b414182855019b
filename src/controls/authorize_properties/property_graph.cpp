#include "controls/authorize_properties/property_graph.hpp"

#include <algorithm>
#include <set>

namespace sallyport::controls::authorize_properties {

using contract::Seen;
using decode::Kind;
using decode::Value;

// Everything that schemas of one value say of its parts.
struct PropertyGraph::Gathered {
  struct Named {
    Places places;
    bool read_only = false;
    bool write_only = false;
  };
  std::set<const Value*> visited;
  std::set<const Value*> schemas;  // of those visited what is more than a reference: what they are told apart by
  std::set<std::uint32_t> governed;
  std::map<std::string_view, Named> members;
  Places items;
  Places others;
};

const PropertyGraph::Member* PropertyGraph::Node::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(members, name, {}, &Member::name);
  return found != members.end() && found->name == name ? &*found : nullptr;
}

void PropertyGraph::govern(const std::vector<const Value*>& schemas) {
  for (std::uint32_t i = 0; i < schemas.size(); ++i) governed_.emplace(schemas[i], i);
}

// `readOnly` or `writeOnly` of a property, also of what it refers to.
Result<bool> PropertyGraph::flag(Seen at, std::string_view name) {
  for (int chain = 0; chain < 16 && at.value->is(Kind::object); ++chain) {
    if (const Value* said = at.value->find(name)) return said->text() == "true";
    const Value* reference = at.value->find("$ref");
    if (reference == nullptr || !reference->is(Kind::string)) break;
    const auto place = documents_.resources().resolve(at.resource, reference->text());
    if (!place) return std::unexpected(place.error());
    at = {place->value, place->resource};
  }
  return false;
}

Result<void> PropertyGraph::gather(Seen start, Gathered& into) {
  Places waiting{start};
  const auto see = [&](const Value* value, Seen at) {
    if (value != nullptr && value->is(Kind::object)) waiting.push_back({value, at.resource});
  };
  while (!waiting.empty()) {
    const Seen at = waiting.back();
    waiting.pop_back();
    if (!at.value->is(Kind::object) || !into.visited.insert(at.value).second) continue;
    const bool alias = at.value->size() == 1 && at.value->find("$ref") != nullptr;
    if (!alias || governed_.contains(at.value)) into.schemas.insert(at.value);
    if (const auto found = governed_.find(at.value); found != governed_.end()) into.governed.insert(found->second);
    if (const Value* reference = at.value->find("$ref"); reference != nullptr && reference->is(Kind::string)) {
      const auto place = documents_.resources().resolve(at.resource, reference->text());
      if (!place) return std::unexpected(place.error());
      waiting.push_back({place->value, place->resource});
    }
    if (const Value* own = at.value->find("properties"); own != nullptr && own->is(Kind::object)) {
      for (const Value& one : *own) {
        const Seen property{&one, at.resource};
        auto& named = into.members[one.name()];
        named.places.push_back(property);
        const auto read_only = flag(property, "readOnly");
        const auto write_only = flag(property, "writeOnly");
        if (!read_only) return std::unexpected(read_only.error());
        if (!write_only) return std::unexpected(write_only.error());
        named.read_only = named.read_only || *read_only;
        named.write_only = named.write_only || *write_only;
      }
    }
    const auto add = [&](std::string_view name, Places& to) {
      const Value* value = at.value->find(name);
      if (value != nullptr && value->is(Kind::object)) to.push_back({value, at.resource});
    };
    add("items", into.items);
    add("additionalItems", into.items);
    add("contains", into.items);
    add("additionalProperties", into.others);
    add("unevaluatedProperties", into.others);
    for (const char* name : {"items", "prefixItems"}) {
      const Value* list = at.value->find(name);
      if (list == nullptr || !list->is(Kind::array)) continue;
      for (const Value& one : *list) into.items.push_back({&one, at.resource});
    }
    if (const Value* patterns = at.value->find("patternProperties"); patterns != nullptr) {
      for (const Value& one : *patterns) into.others.push_back({&one, at.resource});
    }
    for (const char* name : {"allOf", "oneOf", "anyOf", "dependentSchemas"}) {
      const Value* list = at.value->find(name);
      if (list == nullptr) continue;
      for (const Value& one : *list) see(&one, at);
    }
    for (const char* name : {"if", "then", "else"}) see(at.value->find(name), at);
  }
  return {};
}

Result<PropertyGraph::NodeId> PropertyGraph::add(Seen schema) { return node({schema}); }

Result<PropertyGraph::NodeId> PropertyGraph::node(const Places& places) {
  Gathered gathered;
  for (const Seen& place : places) {
    if (auto done = gather(place, gathered); !done) return std::unexpected(done.error());
  }
  if (gathered.schemas.empty()) return none;
  std::vector<const Value*> key(gathered.schemas.begin(), gathered.schemas.end());
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  if (nodes_.size() == max_nodes) return fail(ErrorCode::limit, "the schemas have too many kinds of objects");
  const auto id = static_cast<NodeId>(nodes_.size());
  known_.emplace(std::move(key), id);
  nodes_.emplace_back();
  Node out;
  out.governed.assign(gathered.governed.begin(), gathered.governed.end());
  for (const auto& [name, named] : gathered.members) {
    const auto below = node(named.places);
    if (!below) return below;
    out.members.push_back({name, *below, named.read_only, named.write_only});
  }
  const auto items = node(gathered.items);
  const auto others = node(gathered.others);
  if (!items) return items;
  if (!others) return others;
  out.items = *items;
  out.others = *others;
  nodes_[id] = std::move(out);
  return id;
}

void PropertyGraph::finish() {
  std::vector<std::vector<NodeId>> above(nodes_.size());
  std::vector<NodeId> waiting;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    Node& node = nodes_[id];
    const auto lead = [&](NodeId below) {
      if (below != none) above[below].push_back(id);
    };
    bool own = !node.governed.empty();
    for (const Member& member : node.members) {
      lead(member.node);
      own = own || member.read_only || member.write_only;
    }
    lead(node.items);
    lead(node.others);
    if (own) {
      node.matters = true;
      waiting.push_back(id);
    }
  }
  while (!waiting.empty()) {
    const NodeId at = waiting.back();
    waiting.pop_back();
    for (const NodeId id : above[at]) {
      if (nodes_[id].matters) continue;
      nodes_[id].matters = true;
      waiting.push_back(id);
    }
  }
  known_.clear();
}

}  // namespace sallyport::controls::authorize_properties
