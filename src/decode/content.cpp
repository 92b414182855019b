#include "decode/content.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/utf8.hpp"
#include "decode/json.hpp"
#include "decode/media_type.hpp"

namespace sallyport::decode {
namespace {

bool is_text(Format format) {
  switch (format) {
    case Format::text:
    case Format::json:
    case Format::json_lines:
    case Format::json_sequence:
    case Format::form:
    case Format::xml:
    case Format::graphql:
      return true;
    case Format::binary:
    case Format::multipart:
    case Format::protobuf:
    case Format::grpc:
      return false;
  }
  return false;
}

// One text after the other into one list in the arena.
class Texts {
 public:
  Texts(std::string_view all, Arena& arena, const ContentLimits& limits) : all_(all), arena_(arena), limits_(limits) {}

  bool add(std::string_view text) {
    if (values_.size() == limits_.lines) {
      refusal_ = {"lines", "too many lines", offset_of(text)};
      return false;
    }
    const auto value = parse_json(text, arena_, left());
    if (!value) {
      refusal_ = value.error();
      refusal_.offset += offset_of(text);
      return false;
    }
    used_ += static_cast<std::uint32_t>((*value)->descendants() + 1);
    values_.push_back(*value);
    return true;
  }
  [[nodiscard]] std::span<const Value* const> finish() const {
    const auto out = arena_.array<const Value*>(values_.size());
    std::ranges::copy(values_, out.begin());
    return out;
  }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

 private:
  [[nodiscard]] std::size_t offset_of(std::string_view text) const {
    return static_cast<std::size_t>(text.data() - all_.data());
  }
  // The limits are those of the whole body.
  [[nodiscard]] Limits left() const {
    Limits left = limits_.json;
    left.values -= std::min(left.values, used_);
    left.names = std::min(left.names, left.values);
    return left;
  }
  std::string_view all_;
  Arena& arena_;
  const ContentLimits& limits_;
  std::vector<const Value*> values_;
  std::uint32_t used_ = 0;
  Refusal refusal_;
};

std::expected<std::string_view, Refusal> text_of(std::string_view bytes, std::optional<std::string_view> label,
                                                 Format format, Arena& arena) {
  if (!label) {
    // Forms and plain text have no marks of their own: UTF-8.
    const bool detect = format == Format::json || format == Format::xml;
    return to_utf8(bytes, detect ? detect_charset(bytes) : Charset::utf8, arena);
  }
  const auto charset = find_charset(*label);
  if (!charset) return refuse("charset", "a charset that is not known");
  return to_utf8(bytes, *charset, arena);
}

// XML says its encoding itself: it must be the one that the bytes were read as (RFC 7303 §3).
bool agrees(std::string_view declared, std::string_view bytes, std::optional<std::string_view> label) {
  if (declared.empty()) return true;
  const auto said = find_charset(declared);
  if (!said) return false;
  const auto read = label ? find_charset(*label) : std::optional(detect_charset(bytes));
  if (!read) return false;
  const auto family = [](Charset charset) {
    switch (charset) {
      case Charset::ascii:
      case Charset::utf8:
        return 0;
      case Charset::utf16:
      case Charset::utf16_le:
      case Charset::utf16_be:
        return 1;
      case Charset::utf32:
      case Charset::utf32_le:
      case Charset::utf32_be:
        return 2;
      case Charset::latin1:
        return 3;
      case Charset::windows1252:
        return 4;
    }
    return 5;
  };
  return family(*said) == family(*read);
}

}  // namespace

std::expected<std::span<const Value* const>, Refusal> read_json_lines(std::string_view text, Arena& arena,
                                                                      const ContentLimits& limits) {
  Texts texts(text, arena, limits);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
    if (!blank && !texts.add(line)) return std::unexpected(texts.refusal());
    at = end + 1;
  }
  return texts.finish();
}

std::expected<std::span<const Value* const>, Refusal> read_json_sequence(std::string_view text, Arena& arena,
                                                                         const ContentLimits& limits) {
  constexpr char separator = '\x1e';
  Texts texts(text, arena, limits);
  if (!text.empty() && text.front() != separator) return refuse("syntax", "a sequence begins with RS", 0);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at + 1), text.size());
    const std::string_view one = text.substr(at + 1, end - at - 1);
    // RFC 7464 §2.4: a text that may be cut off is one without its LF.
    if (!one.ends_with('\n')) return refuse("truncated", "a text of a sequence without its line feed", end);
    if (!texts.add(one)) return std::unexpected(texts.refusal());
    at = end;
  }
  return texts.finish();
}

std::expected<Content, Refusal> read_typed(std::string_view content_type, std::string_view body, Arena& arena,
                                           const ContentLimits& limits) {
  Content content;
  content.text = body;
  std::optional<std::string_view> charset;
  if (content_type.empty()) {
    content.format = find_invalid_utf8(body) == std::string_view::npos ? Format::text : Format::binary;
    return content;
  }
  const auto type = parse_media_type(content_type);
  if (!type) return refuse("media_type", "the Content-Type is malformed");
  content.type = type->essence;
  content.format = format_of(type->essence);
  charset = type->parameter("charset");
  if (is_text(content.format) || charset) {
    const auto text = text_of(body, charset, content.format, arena);
    if (!text) return std::unexpected(text.error());
    if (is_text(content.format)) content.text = *text;
  }
  switch (content.format) {
    case Format::json: {
      const auto tree = parse_json(content.text, arena, limits.json);
      if (!tree) return std::unexpected(tree.error());
      const auto one = arena.array<const Value*>(1);
      one[0] = *tree;
      content.values = one;
      break;
    }
    case Format::json_lines:
    case Format::json_sequence: {
      const auto values = content.format == Format::json_lines ? read_json_lines(content.text, arena, limits)
                                                               : read_json_sequence(content.text, arena, limits);
      if (!values) return std::unexpected(values.error());
      content.values = *values;
      break;
    }
    case Format::form: {
      const auto pairs = read_pairs(content.text, arena, limits.form);
      if (!pairs) return std::unexpected(pairs.error());
      content.form = *pairs;
      break;
    }
    case Format::multipart: {
      const auto parts = read_multipart(content_type, body, arena, limits.multipart);
      if (!parts) return std::unexpected(parts.error());
      content.multipart = *parts;
      break;
    }
    case Format::xml: {
      const auto document = parse_xml(content.text, arena, limits.xml);
      if (!document) return std::unexpected(document.error());
      if (!agrees(document->encoding, body, charset)) {
        return refuse("charset", "the XML declares another encoding than it has");
      }
      content.xml = *document;
      break;
    }
    case Format::binary:
    case Format::text:
    case Format::graphql:
    case Format::protobuf:
    case Format::grpc:
      break;
  }
  return content;
}

std::expected<Content, Refusal> read_content(const Fields& fields, std::string_view body, Arena& arena,
                                             const ContentLimits& limits) {
  std::string_view type;
  std::string_view codings;
  bool typed = false;
  for (const Field& field : fields.all()) {
    if (field.removed) continue;
    if (field.known == FieldName::content_encoding) {
      codings = codings.empty() ? field.value : arena.concat(codings, std::string_view(","), field.value);
    }
    if (field.known != FieldName::content_type) continue;
    if (typed) return refuse("media_type", "several Content-Type fields");
    type = field.value;
    typed = true;
  }
  if (body.empty()) return Content{};
  if (typed && type.empty()) return refuse("media_type", "an empty Content-Type");
  const auto plain = decode_content(codings, body, arena, limits.coding);
  if (!plain) return std::unexpected(plain.error());
  return read_typed(type, *plain, arena, limits);
}

std::uint16_t status_of(const Refusal& refusal) noexcept {
  static constexpr auto large =
      std::to_array<std::string_view>({"decoded_bytes", "ratio", "string_bytes", "values", "names", "text_bytes",
                                       "nodes", "parts", "pairs", "lines", "value_bytes", "all_attributes"});
  if (refusal.rule == "content_coding") return 415;
  return std::ranges::find(large, refusal.rule) != large.end() ? 413 : 400;
}

}  // namespace sallyport::decode
