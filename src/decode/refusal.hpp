// Why bytes could not be decoded: never "nothing found". Nothing of the value is in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

namespace sallyport::decode {

class Value;

struct Refusal {
  std::string_view rule;    // stable id: "syntax", "utf8", "duplicate_name", or a limit: "depth"
  std::string_view detail;  // for a person: "expected a value"
  std::size_t offset = 0;   // in the source, in bytes
};

using Outcome = std::expected<const Value*, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(std::string_view rule, std::string_view detail,
                                                     std::size_t offset = 0) {
  return std::unexpected(Refusal{rule, detail, offset});
}

// Of an offset in a text: lines from 1, ended by LF, CR or CRLF; columns from 1, in code points.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};
[[nodiscard]] Position position_of(std::string_view text, std::size_t offset) noexcept;

// What no tree exceeds, whatever it was made of; SECURITY.md's defaults. A refusal is named by
// the member.
struct Limits {
  std::uint32_t depth = 64;               // containers inside each other
  std::uint32_t names = 10'000;           // names of members, over the whole tree
  std::uint32_t values = 100'000;         // of the tree
  std::uint32_t string_bytes = 1u << 20;  // of one string or name, unescaped
  std::uint32_t number_bytes = 1000;      // of one number as it is written
  bool duplicates = false;                // equal names in one object are let in
};

}  // namespace sallyport::decode
