// What of a call does not fit the contract.
#pragma once

#include <expected>
#include <string_view>

#include "decode/value.hpp"

namespace sallyport::controls::contract {

// All views are static or in the arena; nothing of a value is in them.
struct Misfit {
  std::string_view rule;   // stable: "required", "maximum", "unknown_query_parameter"
  std::string_view place;  // "query parameter `limit`"
};

using BodyTree = std::expected<const decode::Value*, Misfit>;

}  // namespace sallyport::controls::contract
