#include "decode/escapes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

constexpr char32_t none = 0xffff'ffff;

// `count` hexadecimal digits at `at`, or none.
char32_t hex_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return none;
  char32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = http::hex_value(text[at + i]);
    if (digit < 0) return none;
    value = value << 4 | static_cast<char32_t>(digit);
  }
  return value;
}

bool is_scalar(char32_t code) { return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff); }

char* put(char* at, char32_t code) { return write_utf8(at, is_scalar(code) ? code : 0xfffd); }

// An escape that was read: its character (or byte) and its length in the text; 0 when it is none.
struct Escape {
  char32_t code = 0;
  std::size_t length = 0;
  bool byte = false;    // written as one byte, not as a character
  bool certain = true;  // makes the text one with escapes
};

template <class Read>
std::optional<std::string_view> undo_each(std::string_view text, char mark, Arena& arena, Read read) {
  std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto out = arena.array<char>(text.size() + 4);
  char* to = std::copy_n(text.data(), at, out.data());
  bool certain = false;
  while (at < text.size()) {
    const Escape escape = text[at] == mark ? read(text.substr(at)) : Escape{};
    if (escape.length == 0) {
      *to++ = text[at++];
      continue;
    }
    certain |= escape.certain;
    at += escape.length;
    if (escape.byte) {
      *to++ = static_cast<char>(escape.code);
    } else {
      to = put(to, escape.code);
    }
  }
  if (!certain) return std::nullopt;
  return std::string_view(out.data(), static_cast<std::size_t>(to - out.data()));
}

// U+XXXX written as four digits, joined with its other half when `lead` introduces that too.
Escape unit(std::string_view text, std::string_view lead) {
  const char32_t high = hex_at(text, 2, 4);
  if (high == none) return {};
  if (high >= 0xd800 && high < 0xdc00 && text.substr(6).starts_with(lead)) {
    const char32_t low = hex_at(text, 8, 4);
    if (low >= 0xdc00 && low < 0xe000) return {0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12};
  }
  return {high, 6};
}

Escape percent(std::string_view text) {
  if (text.size() > 1 && (text[1] == 'u' || text[1] == 'U')) return unit(text, text.substr(0, 2));
  const char32_t byte = hex_at(text, 1, 2);
  return byte == none ? Escape{} : Escape{byte, 3, true};
}

Escape braced(std::string_view text) {  // \u{1F600}
  const std::size_t end = text.substr(0, 12).find('}');
  if (end == std::string_view::npos || end < 4) return {};
  const char32_t code = hex_at(text, 3, end - 3);
  return code == none ? Escape{} : Escape{code, end + 1};
}

Escape backslash(std::string_view text) {
  if (text.size() < 2) return {};
  switch (text[1]) {
    case 'u':
      return text.size() > 2 && text[2] == '{' ? braced(text) : unit(text, "\\u");
    case 'x': {
      const char32_t code = hex_at(text, 2, 2);
      return code == none ? Escape{} : Escape{code, 4};
    }
    case 'n':
      return {'\n', 2, false, false};
    case 'r':
      return {'\r', 2, false, false};
    case 't':
      return {'\t', 2, false, false};
    case 'b':
      return {'\b', 2, false, false};
    case 'f':
      return {'\f', 2, false, false};
    case 'v':
      return {'\v', 2, false, false};
    case '\\':
    case '/':
    case '"':
    case '\'':
      return {static_cast<unsigned char>(text[1]), 2, false, false};
    default:
      break;
  }
  if (text.size() < 4) return {};
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  if (text[1] > '3' || !std::ranges::all_of(text.substr(1, 3), octal)) return {};
  return {static_cast<char32_t>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0')), 4};
}

struct Named {
  std::string_view name;
  char code;
};
// What can stand for a character with a meaning to HTML, scripts, URLs, shells and SQL.
constexpr auto entities = std::to_array<Named>({
    {"lt", '<'},       {"gt", '>'},     {"amp", '&'},    {"quot", '"'},   {"apos", '\''},  {"LT", '<'},
    {"GT", '>'},       {"AMP", '&'},    {"QUOT", '"'},   {"colon", ':'},  {"semi", ';'},   {"Tab", '\t'},
    {"NewLine", '\n'}, {"lpar", '('},   {"rpar", ')'},   {"lbrack", '['}, {"rbrack", ']'}, {"lsqb", '['},
    {"rsqb", ']'},     {"lbrace", '{'}, {"rbrace", '}'}, {"lcub", '{'},   {"rcub", '}'},   {"sol", '/'},
    {"bsol", '\\'},    {"period", '.'}, {"comma", ','},  {"equals", '='}, {"excl", '!'},   {"quest", '?'},
    {"num", '#'},      {"dollar", '$'}, {"percnt", '%'}, {"ast", '*'},    {"plus", '+'},   {"grave", '`'},
    {"vert", '|'},     {"verbar", '|'}, {"commat", '@'}, {"lowbar", '_'}, {"Hat", '^'},    {"nbsp", ' '},
});

Escape html(std::string_view text) {
  if (text.size() > 2 && text[1] == '#') {
    const bool hex = http::lower(text[2]) == 'x';
    std::size_t at = hex ? 3 : 2;
    const std::size_t digits = at;
    char32_t code = 0;
    for (; at < text.size(); ++at) {
      const int value = hex || (text[at] >= '0' && text[at] <= '9') ? http::hex_value(text[at]) : -1;
      if (value < 0) break;
      if (code <= 0x10ffff) code = code * (hex ? 16 : 10) + static_cast<char32_t>(value);
    }
    if (at == digits) return {};
    if (at < text.size() && text[at] == ';') ++at;
    return {code, at};
  }
  const std::size_t end = text.substr(0, 10).find(';');
  if (end == std::string_view::npos) return {};
  const auto found = std::ranges::find(entities, text.substr(1, end - 1), &Named::name);
  return found == entities.end() ? Escape{} : Escape{static_cast<unsigned char>(found->code), end + 1};
}

}  // namespace

std::optional<std::string_view> undo_percent(std::string_view text, Arena& arena) {
  const auto decoded = undo_each(text, '%', arena, percent);
  if (!decoded || !text.contains('+') || text.contains(' ')) return decoded;
  // A '+' that was encoded stays one; so the text is decoded again, from one with spaces.
  const auto spaced = arena.array<char>(text.size());
  std::ranges::replace_copy(text, spaced.begin(), '+', ' ');
  return undo_each({spaced.data(), spaced.size()}, '%', arena, percent);
}

std::optional<std::string_view> undo_backslash(std::string_view text, Arena& arena) {
  return undo_each(text, '\\', arena, backslash);
}

std::optional<std::string_view> undo_html(std::string_view text, Arena& arena) {
  return undo_each(text, '&', arena, html);
}

std::optional<std::string_view> undo_base64(std::string_view text, Arena& arena) {
  constexpr std::size_t least = 8;
  if (text.size() < least) return std::nullopt;
  std::string_view plain = text;
  if (text.find_first_of(" \r\n") != std::string_view::npos) {
    const auto out = arena.array<char>(text.size());
    std::size_t size = 0;
    for (const char c : text) {
      if (c != '\r' && c != '\n') out[size++] = c == ' ' ? '+' : c;
    }
    plain = {out.data(), size};
    if (size < least) return std::nullopt;
  }
  const auto bytes = arena.array<char>(plain.size() / 4 * 3 + 3);
  const auto size = decode_base64(plain, Base64::lenient, bytes.data());
  if (!size) return std::nullopt;
  return std::string_view(bytes.data(), *size);
}

}  // namespace sallyport::decode
