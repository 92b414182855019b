// The JSON line of an event, schema version 1 (README.md of this room). Names are flat and stable;
// what is empty or 0 is left out; a reader passes over names that it does not know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

#include "events/record.hpp"

namespace sallyport::events {

inline constexpr int schema_version = 1;

// Appends the line without a line feed.
void append_line(std::string& out, const RecordView& record);

// Only what tells one record from another; cheap, for start-up.
struct LineKey {
  std::uint32_t ring = 0;
  std::uint64_t seq = 0;
};
[[nodiscard]] Result<LineKey> parse_line_key(std::string_view line);

// The words of the schema.
[[nodiscard]] std::string_view word(Outcome outcome);
[[nodiscard]] std::string_view word(RouteKind route);
[[nodiscard]] std::string_view word(Note::Action action);

}  // namespace sallyport::events
