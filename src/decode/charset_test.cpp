#include "decode/charset.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::decode {
namespace {

using namespace std::string_literals;

std::string convert(const std::string& bytes, Charset charset) {
  Arena arena;
  const auto text = to_utf8(bytes, charset, arena);
  if (!text) return "! " + std::string(text.error().rule) + " " + std::to_string(text.error().offset);
  return std::string(*text);
}

TEST(Charset, FindsLabelsInAnyCase) {
  EXPECT_EQ(find_charset("UTF-8"), Charset::utf8);
  EXPECT_EQ(find_charset("Windows-1252"), Charset::windows1252);
  EXPECT_EQ(find_charset("iso-8859-1"), Charset::latin1);
  EXPECT_EQ(find_charset("utf-16LE"), Charset::utf16_le);
  for (const char* unknown :
       {"utf-7", "ibm037", "shift_jis", "iso-2022-jp", "utf-8 ", "", "x-user-defined", "ebcdic"}) {
    EXPECT_EQ(find_charset(unknown), std::nullopt) << unknown;
  }
}

TEST(Charset, ConvertsEachEncoding) {
  EXPECT_EQ(convert("é😀", Charset::utf8), "é😀");
  EXPECT_EQ(convert("\xef\xbb\xbf{}", Charset::utf8), "{}");
  EXPECT_EQ(convert("<\0s\0\xe9\0"s, Charset::utf16_le), "<sé");
  EXPECT_EQ(convert("\0<\xd8\x3d\xde\0"s, Charset::utf16_be), "<😀");
  EXPECT_EQ(convert("\0<"s, Charset::utf16), "<");
  EXPECT_EQ(convert("\xff\xfe<\0"s, Charset::utf16), "<");
  EXPECT_EQ(convert("\xfe\xff\0<"s, Charset::utf16), "<");
  EXPECT_EQ(convert("\xff\xfe<\0"s, Charset::utf16_le), "<");
  EXPECT_EQ(convert("\0\0\0<"s, Charset::utf32), "<");
  EXPECT_EQ(convert("\xff\xfe\0\0<\0\0\0"s, Charset::utf32), "<");
  EXPECT_EQ(convert("\0\1\xf6\0"s, Charset::utf32_be), "😀");
  EXPECT_EQ(convert("caf\xe9 \x80", Charset::latin1), "café \u0080");
  EXPECT_EQ(convert("\x80\x93\xe9", Charset::windows1252), "€“é");
  EXPECT_EQ(convert("plain", Charset::ascii), "plain");
}

TEST(Charset, RefusesBytesThatAreNotOfIt) {
  EXPECT_EQ(convert("ab\xff", Charset::utf8), "! utf8 2");
  EXPECT_EQ(convert("\xef\xbb\xbf"
                    "a\xff",
                    Charset::utf8),
            "! utf8 4");
  EXPECT_EQ(convert("a\xe9", Charset::ascii), "! charset 0");
  EXPECT_EQ(convert("a\0b"s, Charset::utf16_le), "! charset 3");
  EXPECT_EQ(convert("a\0\0\xd8"s, Charset::utf16_le), "! charset 2");
  EXPECT_EQ(convert("\0\xdc"
                    "a\0"s,
                    Charset::utf16_le),
            "! charset 0");
  EXPECT_EQ(convert("\0\xd8"
                    "a\0"s,
                    Charset::utf16_le),
            "! charset 0");
  EXPECT_EQ(convert("\0\0\xd8\0"s, Charset::utf32_be), "! charset 0");
  EXPECT_EQ(convert("\0\x11\0\0"s, Charset::utf32_be), "! charset 0");
  EXPECT_EQ(convert("\x81", Charset::windows1252), "! charset 0");
  EXPECT_EQ(convert("\xff\xfe<\0"s, Charset::utf8), "! charset 0");
  EXPECT_EQ(convert("\xff\xfe<\0"s, Charset::utf16_be), "! charset 0");
  EXPECT_EQ(convert("\xef\xbb\xbf<"s, Charset::latin1), "! charset 0");
}

TEST(Charset, DetectsByMarkAndByZeros) {
  EXPECT_EQ(detect_charset("{\"a\":1}"), Charset::utf8);
  EXPECT_EQ(detect_charset("{\0\"\0"s), Charset::utf16_le);
  EXPECT_EQ(detect_charset("\0{\0\""s), Charset::utf16_be);
  EXPECT_EQ(detect_charset("{\0\0\0"s), Charset::utf32_le);
  EXPECT_EQ(detect_charset("\0\0\0{"s), Charset::utf32_be);
  EXPECT_EQ(detect_charset("\xff\xfe{\0"s), Charset::utf16_le);
  EXPECT_EQ(detect_charset("\xfe\xff\0{"s), Charset::utf16_be);
  EXPECT_EQ(detect_charset("\xff\xfe\0\0"s), Charset::utf32_le);
  EXPECT_EQ(detect_charset("1"), Charset::utf8);
  EXPECT_EQ(detect_charset(""), Charset::utf8);
}

}  // namespace
}  // namespace sallyport::decode
