// Words of the inventory that more than one of its parts says.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include <sallyport/operation.hpp>

namespace sallyport::inventory {

[[nodiscard]] constexpr std::string_view word(Stage stage) {
  switch (stage) {
    case Stage::design:
      return "design";
    case Stage::test:
      return "test";
    case Stage::production:
      return "production";
    case Stage::deprecated:
      return "deprecated";
    case Stage::retired:
      return "retired";
  }
  return "production";
}

// A caller may invent methods: those of RFC 9110 and PATCH have rows, the others share one.
[[nodiscard]] constexpr std::string_view listed_method(std::string_view method) {
  constexpr auto known =
      std::to_array<std::string_view>({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"});
  return std::ranges::find(known, method) != known.end() ? method : "other";
}

}  // namespace sallyport::inventory
