#include <utility>

#include <fmt/format.h>

#include "document/builder.hpp"
#include "document/file.hpp"
#include "document/json.hpp"
#include "document/yaml.hpp"

namespace sallyport::document {
namespace {

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// When text is neither: does it quote its first key or value, as JSON must?
bool meant_as_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n[{");
  return first == std::string_view::npos || text[first] == '"';
}

// A byte order mark is passed over; false when the text is longer than the limit.
bool prepare(std::string& text, const Limits& limits) {
  if (text.size() > limits.bytes) return false;
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return true;
}

std::unexpected<Error> too_long(std::string origin, const Limits& limits) {
  return std::unexpected(Error{ErrorCode::limit,
                               fmt::format("more than {} bytes", limits.bytes),
                               std::move(origin),
                               {},
                               ErrorSource::configuration});
}

Result<Document> build_json(std::string text, std::string origin, const Limits& limits) {
  auto own_text = std::make_unique<const std::string>(std::move(text));
  auto own_origin = std::make_unique<const std::string>(std::move(origin));
  Outline outline(*own_origin, limits);
  if (!outline_json(*own_text, outline)) return std::unexpected(*outline.error());
  return Builder::build(std::move(outline), std::move(own_origin), std::move(own_text));
}

Result<Document> parse_yaml(const std::string& text, const std::string& origin, const Limits& limits) {
  auto own_origin = std::make_unique<const std::string>(origin);
  Outline outline(*own_origin, limits);
  if (!outline_yaml(text, outline)) return std::unexpected(*outline.error());
  return Builder::build(std::move(outline), std::move(own_origin), nullptr);
}

}  // namespace

Result<Document> parse(std::string text, std::string origin, const Limits& limits) {
  if (!prepare(text, limits)) return too_long(std::move(origin), limits);
  if (!looks_like_json(text)) return parse_yaml(text, origin, limits);
  auto json = build_json(text, origin, limits);
  // A YAML flow mapping looks like JSON too. What is valid JSON but refused stays refused.
  if (json || origin.ends_with(".json") || json.error().code != ErrorCode::invalid) return json;
  auto yaml = parse_yaml(text, origin, limits);
  return yaml || !meant_as_json(text) ? std::move(yaml) : std::move(json);
}

Result<Document> parse_json(std::string text, std::string origin, const Limits& limits) {
  if (!prepare(text, limits)) return too_long(std::move(origin), limits);
  return build_json(std::move(text), std::move(origin), limits);
}

Result<Document> load(const std::string& path, const Limits& limits) {
  auto text = read_file(path, limits.bytes);
  if (!text) return std::unexpected(std::move(text.error()));
  return parse(std::move(*text), path, limits);
}

}  // namespace sallyport::document
