// Parameters of a media type or a disposition: `; name=value; name="value"` (RFC 9110 §5.6.6,
// RFC 2183), read strictly.
//
// Spaces around '=', a parameter given twice and anything between parameters are refused: two
// readers could take the same field for two things (CWE-436).
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

struct Parameter {
  std::string_view name;   // in lower case
  std::string_view value;  // unquoted
  bool quoted = false;
};

struct ParameterLimits {
  std::uint32_t parameters = 16;
};

// What a backslash in a quoted value is: the escape of RFC 9110 §5.6.4, or refused, because forms
// are written by browsers that do not escape and read by servers that do.
enum class Backslash : std::uint8_t { escapes, refused };

// `text`: from the first ';' on, or empty; `at` is added to offsets. Linear. Rules: "parameter",
// "duplicate_parameter", "backslash", "parameters".
[[nodiscard]] std::expected<std::span<const Parameter>, Refusal> read_parameters(std::string_view text, std::size_t at,
                                                                                 Backslash backslash, Arena& arena,
                                                                                 const ParameterLimits& limits = {});
[[nodiscard]] const Parameter* find(std::span<const Parameter> parameters, std::string_view name) noexcept;

}  // namespace sallyport::decode
