// What an event says of rules that matched.
#pragma once

#include <string_view>

#include <sallyport/control.hpp>

#include "match/evaluation.hpp"

namespace sallyport::controls::crs {

inline constexpr std::size_t note_bytes = 960;  // of one note; an event keeps 1 KiB of each
inline constexpr std::size_t max_notes = 8;     // of one phase

// Notes the matches from `first` on: `[id "942100"] [id …]` first, then `942100 message in ARGS id: ' aa 0=0`,
// as many as fit. Values are shown by their shape only: letters as a, digits as 0.
void note_matches(const Context& context, const match::Evaluation& evaluation, std::size_t first);

// The shape of a value, at most 40 bytes, in the arena.
[[nodiscard]] std::string_view shape_of(Arena& arena, std::string_view value);

}  // namespace sallyport::controls::crs
