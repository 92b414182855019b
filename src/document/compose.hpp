// Trees made of parts of other trees: a configuration of several files.
#pragma once

#include <vector>

#include "document/node.hpp"

namespace sallyport::document {

// Position and file are taken from `like`. The text of the parts still belongs to the Documents
// they came from, which must outlive the result. Keys must be distinct.
[[nodiscard]] Node mapping_of(std::vector<Entry> entries, const Node& like);
[[nodiscard]] Node sequence_of(std::vector<Node> items, const Node& like);

}  // namespace sallyport::document
