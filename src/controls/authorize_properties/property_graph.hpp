// PropertyGraph: where in a body objects of which schema stand. Made once from the specification,
// then walked beside the body: one node for each value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controls/contract/documents.hpp"

#include <sallyport/result.hpp>

namespace sallyport::controls::authorize_properties {

class PropertyGraph {
 public:
  using NodeId = std::uint32_t;
  static constexpr NodeId none = UINT32_MAX;
  static constexpr std::size_t max_nodes = 500'000;

  struct Member {
    std::string_view name;  // in the documents
    NodeId node = none;
    bool read_only = false;
    bool write_only = false;
  };
  struct Node {
    std::vector<std::uint32_t> governed;  // places in the list that govern() was given; sorted
    std::vector<Member> members;          // by name
    NodeId items = none;
    NodeId others = none;  // additionalProperties, patternProperties
    bool matters = false;  // it or something below is governed, or read or written in one direction only

    [[nodiscard]] const Member* find(std::string_view name) const;
  };

  explicit PropertyGraph(contract::Documents& documents) : documents_(documents) {}

  // Schemas that rules are about: the values at "#/components/schemas/NAME". Before add().
  void govern(const std::vector<const decode::Value*>& schemas);
  // The node of a schema. An object that fits several (allOf, oneOf, anyOf, if) is of all of them.
  // Errors: a reference to nothing, ErrorCode::limit.
  Result<NodeId> add(contract::Seen schema);
  // After the last add().
  void finish();

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes_[id]; }

 private:
  using Places = std::vector<contract::Seen>;
  struct Gathered;
  Result<NodeId> node(const Places& places);
  Result<void> gather(contract::Seen at, Gathered& into);
  Result<bool> flag(contract::Seen at, std::string_view name);

  contract::Documents& documents_;
  std::map<const decode::Value*, std::uint32_t> governed_;
  std::map<std::vector<const decode::Value*>, NodeId> known_;
  std::vector<Node> nodes_;
};

}  // namespace sallyport::controls::authorize_properties
