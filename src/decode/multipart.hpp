// multipart/form-data (RFC 7578, RFC 2046 §5.1) and the multipart/mixed inside it.
//
// Multipart is where web application firewalls are evaded: parsers differ about line ends,
// boundaries, quotes and doubled fields. So there is one reading here, and everything that has two
// is refused: a boundary line that is not CRLF on both sides, one that only begins like it, text
// before the first or behind the last, folded or doubled fields, backslashes, encoded words
// (RFC 2047) and parameter continuations (RFC 2231) in names, coded contents, parts whose own
// length differs.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "decode/parameters.hpp"
#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

struct PartField {
  std::string_view name;  // as sent
  std::string_view value;
};

struct Part {
  std::string_view name;          // of the form's field; a nested part has its container's
  std::string_view filename;      // decoded, of filename or filename* (RFC 8187)
  std::string_view content_type;  // as sent; empty means text/plain (RFC 7578 §4.4)
  std::string_view content;       // views the body; empty for a container
  std::span<const PartField> fields;
  std::size_t offset = 0;  // of the content
  std::uint8_t depth = 0;  // 1 inside a multipart/mixed
  bool has_filename = false;
  bool container = false;  // its parts follow
};

struct Multipart {
  std::span<const Part> parts;  // in document order, nested ones behind their container

  // The first of that name that is no container, or null. Linear.
  [[nodiscard]] const Part* find(std::string_view name) const noexcept;
};

struct MultipartLimits {
  std::uint32_t parts = 100;          // nested ones and containers counted
  std::uint32_t depth = 1;            // multipart/mixed inside form-data, none inside that
  std::uint32_t fields = 16;          // of a part
  std::uint32_t field_bytes = 8192;   // of a part's fields together
  std::uint32_t name_bytes = 1024;    // of a name or file name, decoded
  std::uint32_t boundary_bytes = 70;  // RFC 2046 §5.1.1
};

// `content_type`: the whole field of the message. form-data wants a name for every part; other
// subtypes ("mixed", "related") do not. Linear but for the fields of a part, which are few. Rules:
// "boundary", "boundary_line", "preamble", "epilogue", "truncated", "part_field", "disposition",
// "part_name", "transfer_encoding", "part_length", "part_charset", those of read_parameters,
// "utf8", and the names of MultipartLimits.
[[nodiscard]] std::expected<Multipart, Refusal> read_multipart(std::string_view content_type, std::string_view body,
                                                               Arena& arena, const MultipartLimits& limits = {});

}  // namespace sallyport::decode
