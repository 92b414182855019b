#include "document/compose.hpp"

#include <utility>

#include "document/builder.hpp"

namespace sallyport::document {

Node mapping_of(std::vector<Entry> entries, const Node& like) { return Builder::mapping(std::move(entries), like); }
Node sequence_of(std::vector<Node> items, const Node& like) { return Builder::sequence(std::move(items), like); }

}  // namespace sallyport::document
