// How a body is read, by its media type.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::decode {

// `binary`: not looked into.
enum class Format : std::uint8_t {
  binary,
  text,
  json,
  json_lines,     // NDJSON
  json_sequence,  // RFC 7464
  form,
  multipart,
  xml,
  graphql,  // a bare document: application/graphql
  protobuf,
  grpc,
};
[[nodiscard]] std::string_view format_name(Format format) noexcept;

// `essence`: "type/subtype", in any case. Structured suffixes count (RFC 6838 §4.2.8).
[[nodiscard]] Format format_of(std::string_view essence) noexcept;

}  // namespace sallyport::decode
