// Character encodings of text bodies, converted to UTF-8 for everything that looks at them.
//
// UTF-8 is the default. UTF-16 and UTF-32 are known with and without a byte order mark,
// ISO-8859-1 and windows-1252 by their label. Any other label is refused: what cannot be read
// cannot be judged (UTF-7 and its kind hide text from whoever does not decode it).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class Charset : std::uint8_t {
  utf8,
  ascii,
  utf16,  // by its mark; without one big-endian (RFC 2781 §4.3)
  utf16_le,
  utf16_be,
  utf32,  // likewise
  utf32_le,
  utf32_be,
  latin1,
  windows1252,
};

// By label, in any case; null when it is not one of those.
[[nodiscard]] std::optional<Charset> find_charset(std::string_view label) noexcept;

// What bytes without a label are: by byte order mark, else by where the zero bytes of the first
// two characters stand, when those are ASCII as in JSON and XML (RFC 4627 §3); else UTF-8.
[[nodiscard]] Charset detect_charset(std::string_view bytes) noexcept;

// The text as UTF-8 without byte order mark; views `bytes` when those already are. Linear; at most
// three times the bytes. Rules: "utf8" and "charset" (bytes that are not of that encoding, or a
// mark of another one).
[[nodiscard]] std::expected<std::string_view, Refusal> to_utf8(std::string_view bytes, Charset charset, Arena& arena);

}  // namespace sallyport::decode
