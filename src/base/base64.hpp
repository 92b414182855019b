// Base64 (RFC 4648 §4) and base64url (§5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

enum class Base64 : std::uint8_t {
  standard,  // '+' and '/', padded: decoding demands the padding
  url,       // '-' and '_', not padded: decoding refuses padding (RFC 7515 §2)
  lenient,   // decoding only: either alphabet, padding or none, unused bits ignored; encodes as standard
};

void append_base64(std::string& out, std::string_view bytes, Base64 form);
[[nodiscard]] std::string encode_base64(std::string_view bytes, Base64 form);
// Null when the text is not of that form, or not canonical (RFC 4648 §3.5).
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text, Base64 form);
// Into `out` (at least text.size() / 4 * 3 + 3 bytes): the decoded size, or null.
[[nodiscard]] std::optional<std::size_t> decode_base64(std::string_view text, Base64 form, char* out);

}  // namespace sallyport
