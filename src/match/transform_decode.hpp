// The transformations that undo an encoding, or apply one. All as transformation.hpp says.
#pragma once

#include <cstdint>
#include <string_view>

#include "match/scratch.hpp"

namespace sallyport::match {

[[nodiscard]] std::string_view decode_base64_prefix(std::string_view text, Scratch& scratch);     // up to what is none
[[nodiscard]] std::string_view decode_base64_forgiving(std::string_view text, Scratch& scratch);  // over what is none
[[nodiscard]] std::string_view base64_of(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view decode_css(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view decode_escapes(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view decode_hex(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view hex_of(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view decode_html_entities(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view decode_js(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view decode_sql_hex(std::string_view text, Scratch& scratch);
// `unicode`: %uXXXX too; full-width forms become ASCII, any other code point its low byte.
[[nodiscard]] std::string_view decode_url(std::string_view text, bool unicode, Scratch& scratch);
[[nodiscard]] std::string_view url_of(std::string_view text, Scratch& scratch);
[[nodiscard]] std::string_view unicode_escapes_of_utf8(std::string_view text, Scratch& scratch);

enum class Digest : std::uint8_t { md5, sha1 };
[[nodiscard]] std::string_view digest_of(std::string_view text, Digest kind, Scratch& scratch);

// What an application reads for a code point in one byte.
[[nodiscard]] char narrow(std::uint32_t code) noexcept;

}  // namespace sallyport::match
