// JSON Pointers (RFC 6901): where a value stands in its tree.
#pragma once

#include <string>
#include <string_view>

#include "decode/value.hpp"

namespace sallyport::decode {

// '/' and the token, with '~' and '/' escaped (§3).
void append_token(std::string& pointer, std::string_view token);

// Of a value below `root`, and of a member of it when `name` is not empty. Linear in the values
// before it.
[[nodiscard]] std::string pointer_to(const Value& root, const Value& value, std::string_view name = {});

}  // namespace sallyport::decode
