#include "decode/media_type.hpp"

#include <sallyport/message.hpp>

namespace sallyport::decode {
namespace {

bool is_token_char(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u > 0x20 && u < 0x7f && std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
}

std::string_view take_token(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_token_char(text[length])) ++length;
  const std::string_view token = text.substr(0, length);
  text.remove_prefix(length);
  return token;
}

void skip_space(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// Behind the opening quote to behind the closing one.
bool take_quoted(std::string_view& text, std::string_view& value) {
  std::size_t at = 0;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  if (at >= text.size()) return false;
  value = text.substr(0, at);
  text.remove_prefix(at + 1);
  return true;
}

struct Parameter {
  std::string_view name;
  std::string_view value;
};

// The next parameter; nothing at the end, and `good` false when it is malformed.
std::optional<Parameter> next(std::string_view& text, bool& good) {
  for (;;) {
    skip_space(text);
    if (text.empty()) return std::nullopt;
    if (text.front() != ';') break;
    text.remove_prefix(1);
    skip_space(text);
    if (text.empty() || text.front() == ';') continue;  // RFC 9110 §5.6.6 lets empty ones be
    Parameter out{take_token(text), {}};
    if (out.name.empty() || text.empty() || text.front() != '=') break;
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '"') {
      text.remove_prefix(1);
      if (!take_quoted(text, out.value)) break;
    } else {
      out.value = take_token(text);
      if (out.value.empty()) break;
    }
    return out;
  }
  good = false;
  return std::nullopt;
}

}  // namespace

bool MediaType::is(std::string_view name) const noexcept { return same_name(essence, name); }

bool MediaType::is_json() const noexcept {
  constexpr std::string_view suffix = "+json";
  return is("application/json") ||
         (essence.size() > suffix.size() && same_name(essence.substr(essence.size() - suffix.size()), suffix));
}

std::optional<std::string_view> MediaType::parameter(std::string_view name) const noexcept {
  std::string_view rest = parameters;
  bool good = true;
  while (const auto found = next(rest, good)) {
    if (same_name(found->name, name)) return found->value;
  }
  return std::nullopt;
}

std::optional<MediaType> parse_media_type(std::string_view text) noexcept {
  skip_space(text);
  const std::string_view whole = text;
  if (take_token(text).empty() || text.empty() || text.front() != '/') return std::nullopt;
  text.remove_prefix(1);
  if (take_token(text).empty()) return std::nullopt;
  const MediaType out{whole.substr(0, whole.size() - text.size()), text};
  bool good = true;
  for (std::string_view rest = text; const auto one = next(rest, good);) {
    std::string_view others = rest;
    while (const auto other = next(others, good)) {
      if (same_name(one->name, other->name)) return std::nullopt;
    }
  }
  if (!good) return std::nullopt;
  return out;
}

}  // namespace sallyport::decode
