#include "match/transformation.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::match {
namespace {

using namespace std::string_literals;

std::string apply_named(std::string_view name, std::string_view text) {
  Scratch scratch;
  const auto found = transformation_named(name);
  EXPECT_TRUE(found) << name;
  return found ? std::string(transform(*found, text, scratch)) : std::string{};
}

TEST(Transformation, DoesWhatItsNameSays) {
  const struct {
    const char* name;
    std::string from;
    std::string to;
  } cases[] = {
      {"base64Decode", "YWJj", "abc"},
      {"base64Decode", "YW*Jj", "a"},
      {"base64DecodeExt", "YW*Jj", "abc"},
      {"base64Encode", "abc", "YWJj"},
      {"cmdLine", "C^md.exe  /c \"dir\";x", "cmd.exe/c dir x"},
      {"compressWhitespace",
       "a \t\n b\xa0"
       "c",
       "a b c"},
      {"cssDecode", "\\6a avascript\\3a\\(", "javascript:("},
      {"escapeSeqDecode", "\\x41\\n\\101\\q", "A\nAq"},
      {"hexDecode", "414243", "ABC"},
      {"hexEncode", "AB\xff", "4142ff"},
      {"htmlEntityDecode", "&lt;&#x3c;&#60&quot;&nope;&", "<<<\"&nope;&"},
      {"jsDecode", "\\u0061\\x62\\143\\n\\q\\uff1c", "abc\nq<"},
      {"length", "abcd", "4"},
      {"length", "", "0"},
      {"lowercase", "AbC\xc4", "abc\xc4"},
      {"uppercase", "AbC", "ABC"},
      {"normalizePath", "/a/./b/../c//d", "/a/c/d"},
      {"normalisePath", "../../etc/x/", "../../etc/x/"},
      {"normalizePath", "/../../etc", "/etc"},
      {"normalizePathWin", "a\\..\\b", "b"},
      {"parityZero7bit", "\xe1", "a"},
      {"removeComments", "a/*b*/c<!--d-->e--f", "ace"},
      {"removeCommentsChar", "a/*b*/c--d#e", "abcde"},
      {"replaceComments", "a/*b*/c/*d", "a c "},
      {"removeNulls", "a\0b"s, "ab"},
      {"replaceNulls", "a\0b"s, "a b"},
      {"removeWhitespace", " a b\t", "ab"},
      {"sqlHexDecode", "x 0x414243 y", "x ABC y"},
      {"trim", " a ", "a"},
      {"trimLeft", " a ", "a "},
      {"trimRight", " a ", " a"},
      {"urlDecode", "%41%zz+%u0041", "A%zz %u0041"},
      {"urlDecodeUni", "%41%zz+%u0041%uff1c", "A%zz A<"},
      {"urlEncode", "a b/*", "a+b%2f*"},
      {"utf8toUnicode", "\xe2\x80\xa8x\xc0\x80", "%u2028x\xc0\x80"},
  };
  for (const auto& one : cases) EXPECT_EQ(apply_named(one.name, one.from), one.to) << one.name << " " << one.from;
  EXPECT_EQ(apply_named("hexEncode", apply_named("sha1", "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(apply_named("hexEncode", apply_named("md5", "abc")), "900150983cd24fb0d6963f7d28e17f72");
}

// A text without the traits that a transformation looks for is left alone.
TEST(Transformation, ChangesNothingWithoutItsTraits) {
  std::uint32_t state = 1;
  Scratch scratch;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    state = state * 1664525u + 1013904223u;
    const std::uint32_t range = 1 + (state >> 8) % 256;
    for (std::uint32_t i = 0; i < 12; ++i) {
      state = state * 1664525u + 1013904223u;
      text += static_cast<char>((state >> 16) % range);
    }
    const std::uint32_t traits = traits_of(text);
    for (int t = 0; t <= static_cast<int>(Transformation::utf8_to_unicode); ++t) {
      const auto which = static_cast<Transformation>(t);
      if (((traits | trait::always) & triggers_of(which)) != 0) continue;
      ASSERT_EQ(transform(which, text, scratch), text) << t;
    }
    scratch.reset();
  }
}

TEST(Transformation, IsUnknownByAnotherName) { EXPECT_FALSE(transformation_named("rot13")); }

}  // namespace
}  // namespace sallyport::match
