// Builder: the only one that makes Nodes. From an Outline it makes a Document, expanding aliases,
// applying merge keys and refusing duplicate keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "document/node.hpp"
#include "document/outline.hpp"

namespace sallyport::document {

class Builder {
 public:
  // `text` is kept alive with the tree; it may be null when the outline keeps all its text itself.
  // `origin` must be the string that the outline was made with.
  [[nodiscard]] static Result<Document> build(Outline outline, std::unique_ptr<const std::string> origin,
                                              std::unique_ptr<const std::string> text);
  // Nodes made of parts of others; see document/compose.hpp.
  [[nodiscard]] static Node mapping(std::vector<Entry> entries, const Node& like);
  [[nodiscard]] static Node sequence(std::vector<Node> items, const Node& like);

 private:
  Builder(const std::vector<Raw>& nodes, const std::string* origin) : nodes_(nodes), origin_(origin) {}
  [[nodiscard]] bool make(std::uint32_t index, Node& out);
  [[nodiscard]] bool make_mapping(const Raw& raw, std::uint32_t index, Node& out);
  [[nodiscard]] bool merge(std::uint32_t index, Node& into);
  [[nodiscard]] bool index_keys(Node& mapping);
  bool refuse(Mark at, std::string message);

  const std::vector<Raw>& nodes_;
  const std::string* origin_;
  std::optional<Error> error_;
};

}  // namespace sallyport::document
