#include "decode/body.hpp"

#include <array>

#include "decode/coding.hpp"
#include "decode/json.hpp"

namespace sallyport::decode {
namespace {

constexpr std::array<KnownType, 1> table{{
    {"application/json", "+json",
     [](std::string_view bytes, const MediaType&, Arena& arena, const Limits& limits) {
       return parse_json(bytes, arena, limits);
     }},
}};

Decoded refused(std::string_view rule, std::string_view detail, std::size_t offset = 0) {
  return {Decoded::State::refused, nullptr, rule, detail, offset};
}
Decoded unknown(std::string_view rule, std::string_view detail) {
  return {Decoded::State::unknown, nullptr, rule, detail, 0};
}

const KnownType* known(const MediaType& type) {
  for (const KnownType& entry : table) {
    if (type.is(entry.essence)) return &entry;
    const std::string_view all = type.essence;
    if (!entry.suffix.empty() && all.size() > entry.suffix.size() &&
        same_name(all.substr(all.size() - entry.suffix.size()), entry.suffix)) {
      return &entry;
    }
  }
  return nullptr;
}

bool is_utf8(std::string_view charset) { return same_name(charset, "utf-8") || same_name(charset, "us-ascii"); }

}  // namespace

std::span<const KnownType> known_types() noexcept { return table; }

Decoded decode_body(const Fields& fields, std::string_view bytes, Arena& arena, const Limits& limits) {
  if (bytes.empty()) return {};
  const Field* content_type = nullptr;
  const Field* content_encoding = nullptr;
  for (const Field& field : fields.all()) {
    if (field.removed) continue;
    if (field.known == FieldName::content_encoding) {
      if (content_encoding != nullptr) return refused("content_coding", "several Content-Encoding fields");
      content_encoding = &field;
    }
    if (field.known != FieldName::content_type) continue;
    if (content_type != nullptr) return refused("content_type", "several Content-Type fields");
    content_type = &field;
  }
  if (content_type == nullptr) return unknown("content_type", "there is no Content-Type field");
  const auto type = parse_media_type(content_type->value);
  if (!type) return refused("content_type", "the Content-Type field is malformed");
  const KnownType* const entry = known(*type);
  if (entry == nullptr) return unknown("media_type", "the media type is not one that is decoded");
  if (const auto charset = type->parameter("charset"); charset && !is_utf8(*charset)) {
    return refused("charset", "the character set is not UTF-8");
  }
  if (content_encoding != nullptr) {
    const auto undone = decode_content(content_encoding->value, bytes, arena);
    if (!undone && undone.error().rule == "content_coding") return unknown(undone.error().rule, undone.error().detail);
    if (!undone) return refused(undone.error().rule, undone.error().detail, undone.error().offset);
    bytes = *undone;
    if (bytes.empty()) return {};
  }
  const Outcome tree = entry->decode(bytes, *type, arena, limits);
  if (!tree) return refused(tree.error().rule, tree.error().detail, tree.error().offset);
  return {Decoded::State::tree, *tree, {}, {}, 0};
}

}  // namespace sallyport::decode
