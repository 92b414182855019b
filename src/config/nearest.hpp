// What a person who mistyped a word probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace sallyport::config {

// Optimal string alignment distance (Damerau-Levenshtein, no substring edited twice) of words of
// at most 64 bytes, ASCII letters compared without case, '-' equal to '_'; longer ones are
// infinitely far.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate with the smallest distance, the first of equals; empty when none is near enough
// (a third of the word, at least one edit).
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace sallyport::config
