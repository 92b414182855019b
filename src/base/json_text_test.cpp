#include "base/json_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace sallyport {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

TEST(JsonText, KeepsPlainTextAndEscapesTheRest) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("a plain text of more than sixteen bytes / with 'quotes'"),
            R"("a plain text of more than sixteen bytes / with 'quotes'")");
  EXPECT_EQ(json_of("say \"hi\" \\ \n\r\t"), R"("say \"hi\" \\ \n\r\t")");
  EXPECT_EQ(json_of(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
}

TEST(JsonText, FindsASpecialByteAtEveryPosition) {
  for (std::size_t i = 0; i < 40; ++i) {
    std::string text(40, 'a');
    text[i] = '"';
    std::string expected(41, 'a');
    expected.replace(i, 2, "\\\"");
    EXPECT_EQ(json_of(text), '"' + expected + '"');
  }
}

TEST(JsonText, KeepsValidUtf8) {
  for (const char* good : {"grün", "日本", "😀", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(json_of(good), '"' + std::string(good) + '"');
}

TEST(JsonText, ReplacesEachMaximalInvalidPart) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"\x80", "\xef\xbf\xbd"},                                                  // lone continuation
      {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                                  // overlong
      {"a\xe2\x82", "a\xef\xbf\xbd"},                                            // cut at the end
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                  // surrogate
      {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // above U+10FFFF
      {"\xf0\x9f\x98x", "\xef\xbf\xbdx"},
      {"\xff", "\xef\xbf\xbd"},
  };
  for (const auto& [in, out] : cases) EXPECT_EQ(json_of(in), '"' + std::string(out) + '"');
}

// Every length and every byte in every place, against an encoder that is slow and plain.
TEST(JsonText, WritesWhatAPlainEncoderWrites) {
  const auto plain = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        (out += '\\') += c;
      } else if (c == '\n' || c == '\r' || c == '\t') {
        (out += '\\') += c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
      } else if (byte < 0x20) {
        constexpr char digits[] = "0123456789abcdef";
        ((out += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
      } else {
        out += c;
      }
    }
    return out + '"';
  };
  for (std::size_t size = 1; size <= 25; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 128; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        std::string room(json_bound(size), '#');
        ASSERT_EQ(json_of(text), plain(text));
        ASSERT_EQ(static_cast<std::size_t>(write_json(room.data(), text) - room.data()), plain(text).size());
      }
    }
  }
  const std::string worst(100, '\x01');
  EXPECT_EQ(json_of(worst).size(), json_bound(100));
}

TEST(JsonText, WritesIntegers) {
  std::string out;
  append_number(out, std::numeric_limits<std::uint64_t>::max());
  append_number(out, std::numeric_limits<std::int64_t>::min());
  append_number(out, std::uint16_t{0});
  EXPECT_EQ(out, "18446744073709551615-92233720368547758080");
}

}  // namespace
}  // namespace sallyport
