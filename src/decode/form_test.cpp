#include "decode/form.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::decode {
namespace {

// "name=value|name" of what was read, or "! rule offset".
std::string read(std::string_view text, const FormLimits& limits = {}) {
  Arena arena;
  const auto pairs = read_pairs(text, arena, limits);
  if (!pairs) return "! " + std::string(pairs.error().rule) + " " + std::to_string(pairs.error().offset);
  std::string out;
  for (const Pair& pair : pairs->items) {
    out += (out.empty() ? "" : "|") + std::string(pair.name) + (pair.equals ? "=" + std::string(pair.value) : "");
  }
  return out;
}

TEST(Form, ReadsAsTheStandardSays) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"a=1&b=2", "a=1|b=2"},
      {"a", "a"},
      {"a=", "a="},
      {"=1", "=1"},
      {"a=1&&b=2&", "a=1|b=2"},
      {"a=b=c", "a=b=c"},
      {"a+b=c+d", "a b=c d"},
      {"a%2Bb=%41%20%3d", "a+b=A ="},
      {"a=1&a=2", "a=1|a=2"},
      {"a%26b=%3D", "a&b=="},
      {"n=caf%C3%A9", "n=café"},
      {"n=café", "n=café"},
      {"a=1;b=2", "a=1;b=2"},
      {"a=%0d%0a", "a=\r\n"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Form, RefusesWithTheExactPlace) {
  const std::pair<std::string, const char*> cases[] = {
      {"a=1&b=%", "! percent 6"},
      {"a=%4", "! percent 2"},
      {"a=%zz", "! percent 2"},
      {"a=%%41", "! percent 2"},
      {"%u0041=1", "! percent 0"},
      {"a=%00", "! nul 2"},
      {"a=1&b=%c0%ae", "! utf8 6"},
      {"a=%e9", "! utf8 2"},
      {"a=1\r\n", "! control 3"},
      {"a=%ed%a0%80", "! utf8 2"},
      {"a\x7f=1", "! control 1"},
      {"a=%f4%90%80%80", "! utf8 2"},
      {std::string("a=\0b", 4), "! control 2"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Form, LimitsHold) {
  FormLimits limits;
  limits.pairs = 2;
  EXPECT_EQ(read("a&b", limits), "a|b");
  EXPECT_EQ(read("a&b&c", limits), "! pairs 4");
  limits = {};
  limits.name_bytes = 3;
  EXPECT_EQ(read("abc=1&a%41c=", limits), "abc=1|aAc=");
  EXPECT_EQ(read("x&abcd=1", limits), "! name_bytes 2");
  limits = {};
  limits.value_bytes = 3;
  EXPECT_EQ(read("a=123", limits), "a=123");
  EXPECT_EQ(read("a=1234", limits), "! value_bytes 2");
}

TEST(Form, TellsWhatOthersReadDifferently) {
  Arena arena;
  EXPECT_TRUE(read_pairs("a=1;b=2", arena)->semicolons);
  EXPECT_FALSE(read_pairs("a=1%3Bb=2", arena)->semicolons);
  const auto pairs = read_pairs("a=1&b=2&a=3", arena);
  EXPECT_EQ(pairs->count("a"), 2u);
  EXPECT_EQ(pairs->find("a")->value, "1");
  EXPECT_EQ(pairs->find("c"), nullptr);
  EXPECT_EQ(pairs->items[1].offset, 4u);
}

TEST(Form, ViewsWhatNeedsNoDecoding) {
  Arena arena;
  const std::string_view text = "name=value";
  EXPECT_EQ(read_pairs(text, arena)->items[0].value.data(), text.data() + 5);
}

}  // namespace
}  // namespace sallyport::decode
