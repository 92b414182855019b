#include "decode/charset.hpp"

#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

using namespace std::string_view_literals;

// 0x80 to 0x9f; 0 where windows-1252 has no character.
constexpr std::array<std::uint16_t, 32> windows = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                                   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

std::expected<std::string_view, Refusal> from_single(std::string_view bytes, bool latin1, Arena& arena) {
  const auto out = arena.array<char>(bytes.size() * 3);
  char* at = out.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char32_t code = static_cast<unsigned char>(bytes[i]);
    if (!latin1 && code >= 0x80 && code < 0xa0) {
      code = windows[code - 0x80];
      if (code == 0) return refuse("charset", "a byte that is no windows-1252", i);
    }
    at = write_utf8(at, code);
  }
  return std::string_view(out.data(), static_cast<std::size_t>(at - out.data()));
}

bool all_ascii(std::string_view bytes) {
  return std::ranges::none_of(bytes, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Units of `width` bytes.
std::expected<std::string_view, Refusal> from_wide(std::string_view bytes, std::size_t width, bool big, Arena& arena) {
  if (bytes.size() % width != 0) return refuse("charset", "half a character at the end", bytes.size());
  const auto unit = [&](std::size_t i) {
    char32_t value = 0;
    for (std::size_t k = 0; k < width; ++k) {
      value = value << 8 | static_cast<unsigned char>(bytes[big ? i + k : i + width - 1 - k]);
    }
    return value;
  };
  const auto out = arena.array<char>(width == 2 ? bytes.size() / 2 * 3 : bytes.size());
  char* at = out.data();
  for (std::size_t i = 0; i < bytes.size(); i += width) {
    char32_t code = unit(i);
    if (code >= 0xd800 && code < 0xe000) {
      if (width == 4 || code >= 0xdc00 || i + 4 > bytes.size()) return refuse("charset", "an unpaired surrogate", i);
      const char32_t low = unit(i + 2);
      if (low < 0xdc00 || low >= 0xe000) return refuse("charset", "an unpaired surrogate", i);
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      i += 2;
    }
    if (code > 0x10ffff) return refuse("charset", "no character of Unicode", i);
    at = write_utf8(at, code);
  }
  return std::string_view(out.data(), static_cast<std::size_t>(at - out.data()));
}

struct Mark {
  std::string_view bytes;
  Charset charset;
};
// The longer ones first: the mark of UTF-32 begins like the one of UTF-16.
constexpr auto marks = std::to_array<Mark>({{"\xff\xfe\0\0"sv, Charset::utf32_le},
                                            {"\0\0\xfe\xff"sv, Charset::utf32_be},
                                            {"\xef\xbb\xbf"sv, Charset::utf8},
                                            {"\xff\xfe"sv, Charset::utf16_le},
                                            {"\xfe\xff"sv, Charset::utf16_be}});

const Mark* mark_of(std::string_view bytes) {
  const auto found = std::ranges::find_if(marks, [&](const Mark& mark) { return bytes.starts_with(mark.bytes); });
  return found == marks.end() ? nullptr : &*found;
}

// The byte order that `given` leaves open, and the mark taken off.
std::expected<Charset, Refusal> settle(std::string_view& bytes, Charset given) {
  const Mark* mark = mark_of(bytes);
  Charset charset = given;
  if (given == Charset::utf16) charset = Charset::utf16_be;
  if (given == Charset::utf32) charset = Charset::utf32_be;
  if (mark == nullptr) return charset;
  const bool fits = mark->charset == charset || (given == Charset::utf16 && mark->charset == Charset::utf16_le) ||
                    (given == Charset::utf32 && mark->charset == Charset::utf32_le);
  if (!fits) return refuse("charset", "the byte order mark is of another encoding than declared", 0);
  bytes.remove_prefix(mark->bytes.size());
  return mark->charset;
}

}  // namespace

std::optional<Charset> find_charset(std::string_view label) noexcept {
  struct Label {
    std::string_view name;
    Charset charset;
  };
  static constexpr auto labels = std::to_array<Label>({
      {"utf-8", Charset::utf8},
      {"utf8", Charset::utf8},
      {"us-ascii", Charset::ascii},
      {"ascii", Charset::ascii},
      {"utf-16", Charset::utf16},
      {"utf-16le", Charset::utf16_le},
      {"utf-16be", Charset::utf16_be},
      {"utf-32", Charset::utf32},
      {"utf-32le", Charset::utf32_le},
      {"utf-32be", Charset::utf32_be},
      {"iso-8859-1", Charset::latin1},
      {"iso8859-1", Charset::latin1},
      {"latin1", Charset::latin1},
      {"windows-1252", Charset::windows1252},
      {"cp1252", Charset::windows1252},
  });
  const auto same = [&](const Label& entry) { return std::ranges::equal(entry.name, label, {}, {}, http::lower); };
  const auto found = std::ranges::find_if(labels, same);
  if (found == labels.end()) return std::nullopt;
  return found->charset;
}

Charset detect_charset(std::string_view bytes) noexcept {
  if (const Mark* mark = mark_of(bytes)) return mark->charset;
  const auto zero = [&](std::size_t i) { return i < bytes.size() && bytes[i] == 0; };
  if (bytes.size() < 2) return Charset::utf8;
  if (zero(0) && zero(1) && zero(2) && bytes.size() >= 4 && !zero(3)) return Charset::utf32_be;
  if (!zero(0) && zero(1) && zero(2) && zero(3)) return Charset::utf32_le;
  if (zero(0) && !zero(1)) return Charset::utf16_be;
  if (!zero(0) && zero(1)) return Charset::utf16_le;
  return Charset::utf8;
}

std::expected<std::string_view, Refusal> to_utf8(std::string_view bytes, Charset charset, Arena& arena) {
  const std::size_t all = bytes.size();
  const auto settled = settle(bytes, charset);
  if (!settled) return std::unexpected(settled.error());
  const std::size_t mark = all - bytes.size();
  std::expected<std::string_view, Refusal> text;
  switch (*settled) {
    case Charset::utf8:
      if (const std::size_t bad = find_invalid_utf8(bytes); bad != std::string_view::npos) {
        return refuse("utf8", "not UTF-8", mark + bad);
      }
      return bytes;
    case Charset::ascii:
      if (!all_ascii(bytes)) return refuse("charset", "not ASCII", mark);
      return bytes;
    case Charset::utf16:
    case Charset::utf16_be:
      text = from_wide(bytes, 2, true, arena);
      break;
    case Charset::utf16_le:
      text = from_wide(bytes, 2, false, arena);
      break;
    case Charset::utf32:
    case Charset::utf32_be:
      text = from_wide(bytes, 4, true, arena);
      break;
    case Charset::utf32_le:
      text = from_wide(bytes, 4, false, arena);
      break;
    case Charset::latin1:
    case Charset::windows1252:
      if (all_ascii(bytes)) return bytes;
      text = from_single(bytes, *settled == Charset::latin1, arena);
      break;
  }
  if (!text) text.error().offset += mark;
  return text;
}

}  // namespace sallyport::decode
