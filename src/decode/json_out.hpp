// JSON out of a tree: the document that was judged, with what a control changed in it. White space
// and the spelling of escapes are not kept; numbers keep every digit.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

// What becomes of one value, with everything below it.
struct Change {
  const Value* value = nullptr;
  std::optional<std::string_view> text;  // a string that stands instead; none: it is left out
};

// `changes`: of values of this tree, in document order, none below another. A root that is left
// out becomes null. Linear; no recursion. Lives in the arena.
[[nodiscard]] std::string_view write_json(const Value& root, std::span<const Change> changes, Arena& arena);

}  // namespace sallyport::decode
