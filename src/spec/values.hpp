// Documents as decode::Value, which schemas are compiled from. Plain scalars get the type that the
// JSON schema of YAML gives them: `true`, `12`, everything else is a string; quoted ones are
// strings. The offset of each value is its line.
#pragma once

#include <unordered_map>

#include "decode/value.hpp"
#include "document/node.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/result.hpp>

namespace sallyport {

using NodeValues = std::unordered_map<const document::Node*, const decode::Value*>;

// Texts point into the document, the tree into `arena`. `places`, when given, learns which value
// each mapping and sequence became.
[[nodiscard]] Result<const decode::Value*> to_values(const document::Node& root, Arena& arena, NodeValues* places);

}  // namespace sallyport
