// Resources: the schema documents that a schema can refer to, by URI, and what `$ref` names in
// them: whole documents, anchors, and places by JSON Pointer (RFC 6901).
//
// Trees must outlive it. Nothing is fetched: documents come from `load`, which may refuse.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "decode/value.hpp"
#include "schema/dialect.hpp"

#include <sallyport/result.hpp>

namespace sallyport::schema {

class Resources {
 public:
  using Id = std::uint32_t;
  // The tree of a URI without fragment, or null: there is none.
  using Load = std::function<Result<const decode::Value*>(const std::string& uri)>;

  struct Resource {
    std::string uri;  // absolute where it can be, without fragment
    const decode::Value* root = nullptr;
    Dialect dialect;
    std::map<std::string, const decode::Value*, std::less<>> anchors;
    std::map<std::string, const decode::Value*, std::less<>> dynamic_anchors;
  };
  struct Place {
    const decode::Value* value = nullptr;
    Id resource = 0;
    bool dynamic = false;  // named by an anchor that is a $dynamicAnchor
  };

  explicit Resources(Load load) : load_(std::move(load)) {}

  // A document whose root is a schema. Its `$schema`, when it says one, goes before `dialect`.
  Result<Id> add_schema(const std::string& uri, const decode::Value& root, Dialect dialect);
  // A document that holds schemas in places that are not keywords: OpenAPI.
  Id add_document(const std::string& uri, const decode::Value& root, Dialect dialect);

  // What `reference` names, seen from a place in a resource.
  Result<Place> resolve(Id from, std::string_view reference);
  // The resource a schema belongs to; `within` when the place was not known as a schema before.
  Result<Id> resource_of(const decode::Value& schema, Id within);

  [[nodiscard]] const Resource& operator[](Id id) const { return resources_[id]; }
  [[nodiscard]] std::size_t size() const { return resources_.size(); }

 private:
  Result<void> scan(const decode::Value& schema, Id within);
  Result<Id> identify(const decode::Value& schema, Id within);
  Result<Dialect> dialect_of(const decode::Value& schema, Dialect given);
  Result<Place> at_pointer(Id from, std::string_view pointer, std::string_view reference);
  Id make(const std::string& uri, const decode::Value& root, Dialect dialect);

  Load load_;
  std::deque<Resource> resources_;
  std::unordered_map<std::string, Id> by_uri_;
  std::unordered_map<const decode::Value*, Id> places_;
};

// Calls `visit` for each schema directly below a schema, as the keywords of a dialect have them.
void each_subschema(const decode::Value& schema, const Dialect& dialect,
                    const std::function<void(const decode::Value&)>& visit);

}  // namespace sallyport::schema
