// The transformations that change the shape of a text: case, white space, comments, paths. All as
// transformation.hpp says.
#pragma once

#include <cstdint>
#include <string_view>

#include "match/scratch.hpp"

namespace sallyport::match {

// How a shell reads it: quotes and escapes gone, separators to spaces, one space, lower case.
[[nodiscard]] std::string_view command_line(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view compress_whitespace(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view length_of(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view lowercase(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view uppercase(std::string_view text, Scratch& scratch);
// "//", "/./" and "/x/../" resolved; `windows`: backslashes become slashes before.
[[nodiscard]] std::string_view normalize_path(std::string_view text, bool windows, Scratch& scratch);
[[nodiscard]] std::string_view remove_comments(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view remove_comment_marks(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view replace_comments(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view without_nulls(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view replace_nulls(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view without_whitespace(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view trim(std::string_view text, bool left, bool right);

enum class Parity : std::uint8_t { even, odd, zero };
[[nodiscard]] std::string_view parity(std::string_view text, Parity kind, Scratch& scratch);

}  // namespace sallyport::match
