// Content: a body with its codings undone, its charset converted and itself taken apart, each
// format in the form that keeps everything of it. What is inspected is walked with leaves.hpp.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "decode/charset.hpp"
#include "decode/coding.hpp"
#include "decode/form.hpp"
#include "decode/format.hpp"
#include "decode/multipart.hpp"
#include "decode/refusal.hpp"
#include "decode/value.hpp"
#include "decode/xml.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::decode {

struct Content {
  Format format = Format::binary;
  std::string_view type;  // essence of the media type as sent, or empty
  // Codings undone; UTF-8 unless the format is binary, protobuf, gRPC or multipart.
  std::string_view text;
  std::span<const Value* const> values;  // json: one; json_lines, json_sequence: one a line
  Pairs form;
  Multipart multipart;
  XmlDocument xml;
};

struct ContentLimits {
  CodingLimits coding;
  Limits json;
  FormLimits form;
  MultipartLimits multipart;
  XmlLimits xml;
  std::uint32_t lines = 10'000;  // of NDJSON and JSON sequences
};

// Reads `body` as the fields say. Two fields of Content-Type or a malformed one are refused, like
// a charset that is not known, bytes that are not of it, and a body that is not of its type. With
// no type, text is text. Lives as long as fields, body and arena.
// Rules: those of the decoders; offsets are in the text once decoded.
[[nodiscard]] std::expected<Content, Refusal> read_content(const Fields& fields, std::string_view body, Arena& arena,
                                                           const ContentLimits& limits = {});
// The same for a part: `content_type` may be empty, which means text (RFC 7578 §4.4).
[[nodiscard]] std::expected<Content, Refusal> read_typed(std::string_view content_type, std::string_view body,
                                                         Arena& arena, const ContentLimits& limits = {});

// NDJSON: one text a line; empty lines are skipped. RFC 7464: each begins with RS.
[[nodiscard]] std::expected<std::span<const Value* const>, Refusal> read_json_lines(std::string_view text, Arena& arena,
                                                                                    const ContentLimits& limits = {});
[[nodiscard]] std::expected<std::span<const Value* const>, Refusal> read_json_sequence(
    std::string_view text, Arena& arena, const ContentLimits& limits = {});

// 413 for what is too long or too much, 415 for what is not known, else 400.
[[nodiscard]] std::uint16_t status_of(const Refusal& refusal) noexcept;

}  // namespace sallyport::decode
