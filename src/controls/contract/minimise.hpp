// Minimise: the same JSON with less in it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::controls::contract {

struct Minimised {
  std::string_view body;
  std::string_view what;  // for the event: "answer: without /a /b/0 and 3 more"
};

// `values`, which may repeat and stand below each other, and all below them are left out. They are
// sorted. `whose`: "answer". Everything lives in the arena.
[[nodiscard]] Minimised without(const decode::Value& root, std::vector<const decode::Value*>& values,
                                std::string_view whose, Arena& arena);

}  // namespace sallyport::controls::contract
