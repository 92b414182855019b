#include "schema/compiler.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decode/pointer.hpp"
#include "schema/compilation.hpp"

namespace sallyport::schema {

using decode::Kind;
using decode::Value;

Result<SchemaId> Compiler::schema_id(const Value& schema, Resources::Id within, Role role) {
  const Value* at = &schema;
  for (int chain = 0; chain < 64; ++chain) {
    const auto resource = resources_.resource_of(*at, within);
    if (!resource) return std::unexpected(resource.error());
    const Key key{at, role};
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const Dialect& dialect = resources_[*resource].dialect;
    const Value* reference = at->find("$ref");
    // A reference alone is what it names: no schema of its own.
    if (reference != nullptr && reference->is(Kind::string) && (dialect.ref_hides() || at->size() == 1)) {
      const auto place = resources_.resolve(*resource, reference->text());
      if (!place) {
        return fail(place.error().code, place.error().message,
                    resources_[*resource].uri + "#" + pointer_to(*resources_[*resource].root, *reference));
      }
      // Beside it the resource would be lost, through which a dynamic reference may look.
      if (dialect.ref_hides() || place->resource == *resource) {
        at = place->value;
        within = place->resource;
        continue;
      }
    }
    if (program_.schemas.size() == Program::max_schemas) return fail(ErrorCode::limit, "too many schemas");
    const auto id = static_cast<SchemaId>(program_.schemas.size());
    program_.schemas.emplace_back();
    program_.schemas.back().resource = *resource;
    beside_.emplace_back();
    known_.emplace(key, id);
    pending_.push_back({key, id, *resource});
    return id;
  }
  return fail(ErrorCode::invalid, "a reference leads to itself", resources_[within].uri);
}

Result<void> Compiler::drain() {
  while (!pending_.empty()) {
    const Pending next = pending_.back();
    pending_.pop_back();
    SchemaCompilation one(*this, *next.key.value, next.id, next.resource, next.key.role == Role::whole);
    if (auto done = one.run(); !done) {
      if (done.error().where.empty()) {
        done.error().where =
            resources_[next.resource].uri + "#" + pointer_to(*resources_[next.resource].root, *next.key.value);
      }
      return done;
    }
  }
  return {};
}

Result<SchemaId> Compiler::compile(const Value& schema, Resources::Id resource) {
  const auto id = schema_id(schema, resource, Role::whole);
  if (!id) return id;
  if (const auto done = drain(); !done) return std::unexpected(done.error());
  return id;
}

Result<SchemaId> Compiler::compile_reference(Resources::Id from, std::string_view reference) {
  const auto place = resources_.resolve(from, reference);
  if (!place) return std::unexpected(place.error());
  return compile(*place->value, place->resource);
}

// Which schema each dynamic reference can come to mean, by the resource that is met first.
Result<void> Compiler::fill_dynamic() {
  for (std::size_t i = 0; i < program_.dynamic_references.size(); ++i) {
    const std::string anchor(program_.dynamic_references[i].anchor);
    for (Resources::Id id = 0; id < resources_.size(); ++id) {
      const auto& anchors = resources_[id].dynamic_anchors;
      const auto found = anchors.find(anchor);
      if (found == anchors.end()) continue;
      auto& list = program_.dynamic_references[i].anchors;
      if (std::ranges::any_of(list, [id](const auto& one) { return one.first == id; })) continue;
      const auto schema = schema_id(*found->second, id, Role::beside);
      if (!schema) return std::unexpected(schema.error());
      program_.dynamic_references[i].anchors.emplace_back(id, *schema);
    }
  }
  return {};
}

// Depth first, without recursion: 1 is on the way, 2 is done.
Result<void> Compiler::refuse_cycles() const {
  std::vector<std::uint8_t> state(beside_.size(), 0);
  std::vector<std::pair<SchemaId, std::size_t>> path;
  for (SchemaId start = 0; start < beside_.size(); ++start) {
    if (state[start] != 0) continue;
    path.assign(1, {start, 0});
    state[start] = 1;
    while (!path.empty()) {
      auto& [at, next] = path.back();
      if (next == beside_[at].size()) {
        state[at] = 2;
        path.pop_back();
        continue;
      }
      const SchemaId to = beside_[at][next++];
      if (state[to] == 1) {
        for (const auto& [key, id] : known_) {
          if (id != to) continue;
          const auto& resource = resources_[program_.schemas[id].resource];
          return fail(ErrorCode::invalid, "a schema refers to itself for the same value",
                      resource.uri + "#" + pointer_to(*resource.root, *key.value));
        }
        return fail(ErrorCode::invalid, "a schema refers to itself for the same value");
      }
      if (state[to] == 0) {
        state[to] = 1;
        path.emplace_back(to, 0);
      }
    }
  }
  return {};
}

Result<Program> Compiler::finish() {
  for (std::size_t before = SIZE_MAX; before != program_.schemas.size();) {
    before = program_.schemas.size();
    if (const auto filled = fill_dynamic(); !filled) return std::unexpected(filled.error());
    if (const auto done = drain(); !done) return std::unexpected(done.error());
  }
  if (const auto good = refuse_cycles(); !good) return std::unexpected(good.error());
  return std::move(program_);
}

}  // namespace sallyport::schema
