// The values of `format` that assert: those of JSON Schema 2020-12 §7.3, draft 7 and draft 4, and
// of OpenAPI (int32, int64, float, double, byte). Unknown formats assert nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::schema {

enum class Format : std::uint8_t {
  date_time,  // RFC 3339 §5.6
  date,
  time,
  duration,  // RFC 3339 appendix A
  email,     // RFC 5321 §4.1.2
  idn_email,
  hostname,      // RFC 1123 §2.1, A-labels by RFC 5890
  old_hostname,  // RFC 1123 alone: draft 4
  idn_hostname,  // RFC 5890
  ipv4,          // RFC 2673 §3.2: four decimal parts without leading zeros
  ipv6,          // RFC 4291 §2.2
  uri,           // RFC 3986
  uri_reference,
  iri,  // RFC 3987
  iri_reference,
  uri_template,           // RFC 6570
  uuid,                   // RFC 4122 §3
  json_pointer,           // RFC 6901
  relative_json_pointer,  // draft-bhutton-relative-json-pointer-00
  regex,                  // ECMA-262
  byte,                   // base64, RFC 4648 §4
  int32,
  int64,
  float_,
  double_,
};

[[nodiscard]] std::optional<Format> format_named(std::string_view name) noexcept;
// Is it of numbers? The others are of strings.
[[nodiscard]] bool of_numbers(Format format) noexcept;
// `text` of the kind that the format is of: a string, or a number as it is written. Linear. Only
// `regex` and non-ASCII host names allocate.
[[nodiscard]] bool matches_format(Format format, std::string_view text);

}  // namespace sallyport::schema
