// Escapes that stand inside a value: undone leniently, for looking into values, never for
// reading a message. What is no escape stays as it is.
#pragma once

#include <optional>
#include <string_view>

#include <sallyport/arena.hpp>

namespace sallyport::decode {

// Each is null when the text holds no such escape. Linear; the output is at most the input.

// %41 and %u0041 (IIS). When there is no space, '+' is one: it then was a form.
[[nodiscard]] std::optional<std::string_view> undo_percent(std::string_view text, Arena& arena);
// \u0041 with surrogate pairs, \u{41}, \x41, \101, and beside those \n \r \t \b \f \v \\ \/ \" \'.
// A text with none but the latter is left alone: it may be a Windows path.
[[nodiscard]] std::optional<std::string_view> undo_backslash(std::string_view text, Arena& arena);
// &#65; &#x41; with or without ';', and the named ones that matter to HTML and scripts.
[[nodiscard]] std::optional<std::string_view> undo_html(std::string_view text, Arena& arena);
// Base64 of either alphabet as a whole, with line ends, or ' ' for '+'; at least 8 characters.
// The bytes, whatever they are.
[[nodiscard]] std::optional<std::string_view> undo_base64(std::string_view text, Arena& arena);

}  // namespace sallyport::decode
