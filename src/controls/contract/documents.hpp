// Documents: a specification with its files as trees that references can be followed in.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "decode/value.hpp"
#include "schema/resources.hpp"
#include "spec/openapi.hpp"
#include "spec/values.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/result.hpp>

namespace sallyport::controls::contract {

// A place of a document.
struct Seen {
  const decode::Value* value = nullptr;
  schema::Resources::Id resource = 0;
};

class Documents {
 public:
  // Further files are read from below the directory of the first one; nothing is fetched.
  [[nodiscard]] static Result<std::unique_ptr<Documents>> read(const Spec& spec);
  Documents(const Documents&) = delete;
  Documents& operator=(const Documents&) = delete;

  [[nodiscard]] schema::Resources& resources() { return resources_; }
  [[nodiscard]] Seen root() const { return root_; }
  // Of a mapping or sequence of the specification. Until forget_places().
  [[nodiscard]] Seen seen(const document::Node& node) const;
  void forget_places() { places_.clear(); }
  // What a reference object stands for. An error when it leads nowhere or to itself.
  [[nodiscard]] Result<Seen> follow(Seen at);
  // "openapi.yaml:12", for people.
  [[nodiscard]] std::string where(Seen at) const;

 private:
  Documents();
  Result<const decode::Value*> add(const std::shared_ptr<const document::Document>& document);
  Result<const decode::Value*> load(const std::string& uri);

  Arena arena_;
  std::vector<std::shared_ptr<const document::Document>> documents_;
  std::map<std::string, const decode::Value*> by_uri_;
  NodeValues places_;
  schema::Resources resources_;
  std::map<std::string, schema::Resources::Id> ids_;  // by origin
  Seen root_;
};

}  // namespace sallyport::controls::contract
