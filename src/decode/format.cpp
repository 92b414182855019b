#include "decode/format.hpp"

#include <algorithm>
#include <array>

#include "http/characters.hpp"

#include <sallyport/message.hpp>

namespace sallyport::decode {
namespace {}  // namespace

std::string_view format_name(Format format) noexcept {
  switch (format) {
    case Format::binary:
      return "binary";
    case Format::text:
      return "text";
    case Format::json:
      return "json";
    case Format::json_lines:
      return "json_lines";
    case Format::json_sequence:
      return "json_sequence";
    case Format::form:
      return "form";
    case Format::multipart:
      return "multipart";
    case Format::xml:
      return "xml";
    case Format::graphql:
      return "graphql";
    case Format::protobuf:
      return "protobuf";
    case Format::grpc:
      return "grpc";
  }
  return "binary";
}

Format format_of(std::string_view essence) noexcept {
  struct Known {
    std::string_view subtype;
    Format format;
  };
  static constexpr auto known = std::to_array<Known>({
      {"json", Format::json},
      {"x-json", Format::json},
      {"xml", Format::xml},
      {"x-www-form-urlencoded", Format::form},
      {"graphql", Format::graphql},
      {"x-ndjson", Format::json_lines},
      {"ndjson", Format::json_lines},
      {"jsonl", Format::json_lines},
      {"x-jsonl", Format::json_lines},
      {"jsonlines", Format::json_lines},
      {"x-jsonlines", Format::json_lines},
      {"json-seq", Format::json_sequence},
      {"protobuf", Format::protobuf},
      {"x-protobuf", Format::protobuf},
      {"vnd.google.protobuf", Format::protobuf},
      {"x-protobuffer", Format::protobuf},
      {"javascript", Format::text},
      {"yaml", Format::text},
      {"x-yaml", Format::text},
      {"sql", Format::text},
  });
  const std::size_t slash = essence.find('/');
  if (slash == std::string_view::npos) return Format::binary;
  const std::string_view type = essence.substr(0, slash);
  const std::string_view subtype = essence.substr(slash + 1);
  const std::size_t plus = subtype.rfind('+');
  const std::string_view suffix = plus == std::string_view::npos ? std::string_view() : subtype.substr(plus + 1);
  if (same_name(type, "multipart")) return Format::multipart;
  // application/grpc, grpc+proto, grpc+json, grpc-web+proto: framed all of them.
  constexpr std::string_view grpc = "grpc";
  if (same_name(subtype.substr(0, grpc.size()), grpc)) return Format::grpc;
  if (same_name(suffix, "json")) return Format::json;
  if (same_name(suffix, "xml")) return Format::xml;
  if (same_name(suffix, "json-seq")) return Format::json_sequence;
  const bool text = same_name(type, "text");
  if (text || same_name(type, "application")) {
    const auto found =
        std::ranges::find_if(known, [&](const Known& entry) { return same_name(entry.subtype, subtype); });
    if (found != known.end()) return found->format;
  }
  return text ? Format::text : Format::binary;
}

}  // namespace sallyport::decode
