// The fields of one part of a multipart body.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "decode/multipart.hpp"

namespace sallyport::decode {

// `text`: the field lines without the empty one, `at` their place in the body. `form`: a form's own
// part, which must be form-data with a name. Fills everything of `part` but content and offset.
// Rules: see read_multipart.
[[nodiscard]] std::expected<void, Refusal> read_part_head(std::string_view text, std::size_t at, bool form, Part& part,
                                                          Arena& arena, const MultipartLimits& limits);

// RFC 8187 §3.2: charset'language'percent-encoded, of UTF-8 or ISO-8859-1. Null when malformed.
[[nodiscard]] std::optional<std::string_view> decode_extended(std::string_view text, Arena& arena);

// Subtype "mixed" of multipart: such a part holds parts.
[[nodiscard]] bool is_multipart(std::string_view content_type) noexcept;

}  // namespace sallyport::decode
