#include "decode/xml_text.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/utf8.hpp"
#include "decode/xml_characters.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

// "#60" or "#x3c": the character, which must be one of XML's.
std::expected<char32_t, Refusal> character_reference(std::string_view digits, std::size_t at) {
  const bool hex = digits.starts_with('x');
  if (hex) digits.remove_prefix(1);
  char32_t code = 0;
  if (digits.empty()) return refuse("xml", "a malformed character reference", at);
  for (const char c : digits) {
    const int value = hex || (c >= '0' && c <= '9') ? http::hex_value(c) : -1;
    if (value < 0) return refuse("xml", "a malformed character reference", at);
    code = code * (hex ? 16 : 10) + static_cast<char32_t>(value);
    if (code > 0x10ffff) break;
  }
  if (!is_xml_character(code)) return refuse("xml", "a reference to a character that XML does not have", at);
  return code;
}

std::expected<char32_t, Refusal> entity(std::string_view name, std::size_t at) {
  struct Known {
    std::string_view name;
    char32_t code;
  };
  static constexpr auto known =
      std::to_array<Known>({{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}});
  if (name.starts_with('#')) return character_reference(name.substr(1), at);
  const auto found = std::ranges::find(known, name, &Known::name);
  if (found != known.end()) return found->code;
  if (name.empty() || xml_name_length(name) != name.size()) return refuse("xml", "'&' that begins no reference", at);
  return refuse("xml_entity", "an entity that is not predefined", at);
}

bool changes(std::string_view raw, XmlText form) {
  for (const char c : raw) {
    if (c == '\r' || (c == '&' && form != XmlText::literal)) return true;
    if (form == XmlText::attribute && (c == '\n' || c == '\t')) return true;
  }
  return false;
}

}  // namespace

std::expected<std::string_view, Refusal> resolve_xml(std::string_view raw, std::size_t at, XmlText form, Arena& arena) {
  if (!changes(raw, form)) return raw;
  // A reference is never shorter than its character in UTF-8: "&#9;" is the shortest.
  const auto out = arena.array<char>(raw.size());
  char* to = out.data();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '&' && form != XmlText::literal) {
      const std::size_t end = raw.find(';', i);
      if (end == std::string_view::npos) return refuse("xml", "a reference that does not end", at + i);
      const auto code = entity(raw.substr(i + 1, end - i - 1), at + i);
      if (!code) return std::unexpected(code.error());
      to = write_utf8(to, *code);
      i = end;
      continue;
    }
    if (c == '\r') {
      if (i + 1 < raw.size() && raw[i + 1] == '\n') ++i;
      c = '\n';
    }
    if (form == XmlText::attribute && is_xml_space(c)) c = ' ';
    *to++ = c;
  }
  return std::string_view(out.data(), static_cast<std::size_t>(to - out.data()));
}

}  // namespace sallyport::decode
