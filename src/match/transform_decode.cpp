#include "match/transform_decode.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <openssl/evp.h>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "http/characters.hpp"

namespace sallyport::match {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }
int hex_at(std::string_view text, std::size_t at) { return at < text.size() ? http::hex_value(text[at]) : -1; }

// Up to `most` hexadecimal digits from `at` on; how many there are is returned.
std::size_t read_hex(std::string_view text, std::size_t at, std::size_t most, std::uint32_t& value) {
  std::size_t count = 0;
  value = 0;
  while (count < most && hex_at(text, at + count) >= 0) {
    value = value * 16 + static_cast<std::uint32_t>(hex_at(text, at + count));
    ++count;
  }
  return count;
}

std::string_view finish(Scratch& scratch, char* start, const char* end) {
  const auto size = static_cast<std::size_t>(end - start);
  scratch.shrink(start, size);
  return {start, size};
}

constexpr auto base64_values = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < letters.size(); ++i)
    table[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
  return table;
}();

std::string_view decode_base64_bytes(std::string_view text, bool skip, Scratch& scratch) {
  char* const start = scratch.take(text.size() / 4 * 3 + 3);
  char* out = start;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const int value = base64_values[static_cast<unsigned char>(c)];
    if (value < 0) {
      if (skip && c != '=') continue;
      break;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    have += 6;
    if (have >= 8) {
      have -= 8;
      *out++ = static_cast<char>(bits >> have & 0xff);
    }
  }
  return finish(scratch, start, out);
}

// The one-letter escapes of C; 0 for none of them.
char letter_escape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return 0;
  }
}

// \ooo from `at` on, at most `most` digits; three only up to \377.
std::size_t read_octal(std::string_view text, std::size_t at, std::uint32_t& value) {
  std::size_t count = 0;
  value = 0;
  while (count < 3 && at + count < text.size() && is_octal(text[at + count])) {
    const std::uint32_t next = value * 8 + static_cast<std::uint32_t>(text[at + count] - '0');
    if (next > 255) break;
    value = next;
    ++count;
  }
  return count;
}

struct Entity {
  std::string_view name;
  char value;
};
constexpr auto entities =
    std::to_array<Entity>({{"quot", '"'}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"nbsp", '\xa0'}, {"apos", '\''}});

// The entity behind "&": its length without "&", or 0.
std::size_t read_entity(std::string_view text, char& value) {
  std::size_t length = 0;
  if (text.starts_with('#')) {
    std::uint32_t code = 0;
    if (text.size() > 1 && (text[1] == 'x' || text[1] == 'X')) {
      std::size_t digits = 0;
      while (hex_at(text, 2 + digits) >= 0) {
        code = (code * 16 + static_cast<std::uint32_t>(hex_at(text, 2 + digits))) & 0xffffff;
        ++digits;
      }
      if (digits == 0) return 0;
      length = 2 + digits;
    } else {
      std::size_t digits = 0;
      while (1 + digits < text.size() && http::is(text[1 + digits], http::character::digit)) {
        code = (code * 10 + static_cast<std::uint32_t>(text[1 + digits] - '0')) & 0xffffff;
        ++digits;
      }
      if (digits == 0) return 0;
      length = 1 + digits;
    }
    value = static_cast<char>(code & 0xff);
  } else {
    std::size_t letters = 0;
    while (letters < text.size() && letters < 8 &&
           (http::is(text[letters], http::character::digit) || (text[letters] >= 'A' && text[letters] <= 'Z') ||
            (text[letters] >= 'a' && text[letters] <= 'z'))) {
      ++letters;
    }
    const std::string_view name = text.substr(0, letters);
    const auto found = std::ranges::find_if(entities, [name](const Entity& entity) {
      return entity.name.size() == name.size() &&
             std::ranges::equal(entity.name, name, [](char a, char b) { return a == http::lower(b); });
    });
    if (found == entities.end()) return 0;
    value = found->value;
    length = letters;
  }
  if (length < text.size() && text[length] == ';') ++length;
  return length;
}

}  // namespace

char narrow(std::uint32_t code) noexcept {
  // Full-width forms of ASCII (U+FF01 to U+FF5E).
  if (code >= 0xff01 && code <= 0xff5e) return static_cast<char>((code & 0xff) + 0x20);
  return static_cast<char>(code & 0xff);
}

std::string_view decode_base64_prefix(std::string_view text, Scratch& scratch) {
  return decode_base64_bytes(text, false, scratch);
}

std::string_view decode_base64_forgiving(std::string_view text, Scratch& scratch) {
  return decode_base64_bytes(text, true, scratch);
}

std::string_view base64_of(std::string_view text, Scratch& scratch) {
  const std::string encoded = encode_base64(text, Base64::standard);
  char* const start = scratch.take(encoded.size());
  std::memcpy(start, encoded.data(), encoded.size());
  return {start, encoded.size()};
}

std::string_view decode_css(std::string_view text, Scratch& scratch) {
  if (text.find('\\') == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      // A backslash at the very end is none.
      if (text[i] != '\\') *out++ = text[i];
      ++i;
      continue;
    }
    std::uint32_t code = 0;
    const std::size_t digits = read_hex(text, i + 1, 6, code);
    if (digits == 0) {
      if (text[i + 1] != '\n') *out++ = text[i + 1];
      i += 2;
      continue;
    }
    // Four digits or more may name a full-width form, behind leading zeros.
    *out++ = narrow(code & 0xffffff);
    i += 1 + digits;
    if (i < text.size() && is_space(text[i])) ++i;
  }
  return finish(scratch, start, out);
}

std::string_view decode_escapes(std::string_view text, Scratch& scratch) {
  if (text.find('\\') == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      *out++ = text[i++];
      continue;
    }
    const char c = text[i + 1];
    std::uint32_t code = 0;
    if (const char letter = letter_escape(c); letter != 0) {
      *out++ = letter;
      i += 2;
    } else if (c == '\\' || c == '?' || c == '\'' || c == '"') {
      *out++ = c;
      i += 2;
    } else if ((c == 'x' || c == 'X') && read_hex(text, i + 2, 2, code) == 2) {
      *out++ = static_cast<char>(code);
      i += 4;
    } else if (const std::size_t octal = read_octal(text, i + 1, code); octal != 0) {
      *out++ = static_cast<char>(code);
      i += 1 + octal;
    } else {
      *out++ = c;
      i += 2;
    }
  }
  return finish(scratch, start, out);
}

std::string_view decode_hex(std::string_view text, Scratch& scratch) {
  char* const start = scratch.take(text.size() / 2 + 1);
  char* out = start;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = http::hex_value(text[i]);
    const int low = http::hex_value(text[i + 1]);
    if (high < 0 || low < 0) break;
    *out++ = static_cast<char>(high * 16 + low);
  }
  return finish(scratch, start, out);
}

std::string_view hex_of(std::string_view text, Scratch& scratch) {
  constexpr std::string_view digits = "0123456789abcdef";
  char* const start = scratch.take(text.size() * 2);
  char* out = start;
  for (const char c : text) {
    *out++ = digits[static_cast<unsigned char>(c) >> 4];
    *out++ = digits[static_cast<unsigned char>(c) & 15];
  }
  return {start, text.size() * 2};
}

std::string_view decode_html_entities(std::string_view text, Scratch& scratch) {
  if (text.find('&') == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    char value = 0;
    const std::size_t length = text[i] == '&' ? read_entity(text.substr(i + 1), value) : 0;
    *out++ = length == 0 ? text[i] : value;
    i += 1 + length;
  }
  return finish(scratch, start, out);
}

std::string_view decode_js(std::string_view text, Scratch& scratch) {
  if (text.find('\\') == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      *out++ = text[i++];
      continue;
    }
    const char c = text[i + 1];
    std::uint32_t code = 0;
    if (c == 'u' && read_hex(text, i + 2, 4, code) == 4) {
      *out++ = narrow(code);
      i += 6;
    } else if (c == 'x' && read_hex(text, i + 2, 2, code) == 2) {
      *out++ = static_cast<char>(code);
      i += 4;
    } else if (const std::size_t octal = read_octal(text, i + 1, code); octal != 0) {
      *out++ = static_cast<char>(code);
      i += 1 + octal;
    } else {
      const char letter = letter_escape(c);
      *out++ = letter != 0 ? letter : c;
      i += 2;
    }
  }
  return finish(scratch, start, out);
}

std::string_view decode_sql_hex(std::string_view text, Scratch& scratch) {
  if (text.find("0x") == std::string_view::npos && text.find("0X") == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '0' && i + 1 < text.size() && http::lower(text[i + 1]) == 'x' && hex_at(text, i + 2) >= 0 &&
        hex_at(text, i + 3) >= 0) {
      i += 2;
      for (; hex_at(text, i) >= 0 && hex_at(text, i + 1) >= 0; i += 2)
        *out++ = static_cast<char>(hex_at(text, i) * 16 + hex_at(text, i + 1));
    } else {
      *out++ = text[i++];
    }
  }
  return finish(scratch, start, out);
}

std::string_view decode_url(std::string_view text, bool unicode, Scratch& scratch) {
  if (text.find_first_of("%+") == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    if (text[i] == '+') {
      *out++ = ' ';
      ++i;
    } else if (text[i] != '%') {
      *out++ = text[i++];
    } else if (unicode && i + 1 < text.size() && http::lower(text[i + 1]) == 'u' &&
               read_hex(text, i + 2, 4, code) == 4) {
      *out++ = narrow(code);
      i += 6;
    } else if (read_hex(text, i + 1, 2, code) == 2) {
      *out++ = static_cast<char>(code);
      i += 3;
    } else {
      *out++ = text[i++];
    }
  }
  return finish(scratch, start, out);
}

std::string_view url_of(std::string_view text, Scratch& scratch) {
  constexpr std::string_view digits = "0123456789abcdef";
  char* const start = scratch.take(text.size() * 3);
  char* out = start;
  for (const char c : text) {
    if (c == ' ') {
      *out++ = '+';
    } else if (c == '*' || http::is(c, http::character::digit) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
      *out++ = c;
    } else {
      *out++ = '%';
      *out++ = digits[static_cast<unsigned char>(c) >> 4];
      *out++ = digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return finish(scratch, start, out);
}

std::string_view unicode_escapes_of_utf8(std::string_view text, Scratch& scratch) {
  constexpr std::string_view digits = "0123456789abcdef";
  char* const start = scratch.take(text.size() * 6);
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    std::uint32_t code = length == 4 ? lead & 7u : length == 3 ? lead & 15u : lead & 31u;
    bool sound = length > 1 && lead < 0xf8 && i + length <= text.size();
    for (std::size_t k = 1; sound && k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      sound = (next & 0xc0) == 0x80;
      code = code << 6 | (next & 0x3fu);
    }
    // Overlong forms name nothing.
    if (sound && (code < (length == 2 ? 0x80u : length == 3 ? 0x800u : 0x10000u) || code > 0x10ffff)) sound = false;
    if (!sound) {
      *out++ = text[i++];
      continue;
    }
    *out++ = '%';
    *out++ = 'u';
    for (int shift = code > 0xffff ? 16 : 12; shift >= 0; shift -= 4) *out++ = digits[code >> shift & 15];
    i += length;
  }
  return finish(scratch, start, out);
}

std::string_view digest_of(std::string_view text, Digest kind, Scratch& scratch) {
  char* const start = scratch.take(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  const EVP_MD* algorithm = kind == Digest::md5 ? EVP_md5() : EVP_sha1();
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(start), &size, algorithm, nullptr) != 1)
    size = 0;
  scratch.shrink(start, size);
  return {start, size};
}

}  // namespace sallyport::match
