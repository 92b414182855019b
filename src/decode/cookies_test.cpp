#include "decode/cookies.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::decode {
namespace {

std::string read(std::string_view text, const CookieLimits& limits = {}) {
  Arena arena;
  const auto cookies = read_cookies(text, arena, limits);
  if (!cookies) return "! " + std::string(cookies.error().rule) + " " + std::to_string(cookies.error().offset);
  std::string out;
  for (const Pair& pair : cookies->items) {
    out += (out.empty() ? "" : "|") + std::string(pair.name) + "=" + std::string(pair.value);
  }
  return out;
}

TEST(Cookies, ReadsPairs) {
  const std::pair<const char*, const char*> cases[] = {
      {"a=1", "a=1"},
      {"a=1; b=2", "a=1|b=2"},
      {"a=1;b=2;", "a=1|b=2"},
      {"a=", "a="},
      {"a=b=c", "a=b=c"},
      {"a=\"x y\"", "a=x y"},
      {"a=%41", "a=%41"},
      {"a={\"k\":1}", "a={\"k\":1}"},
      {"a=1; a=2", "a=1|a=2"},
      {"", ""},
      {"a = 1", "! cookie_name 0"},
      {"a=é", "a=é"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Cookies, RefusesWhatReadersDisagreeAbout) {
  const std::pair<const char*, const char*> cases[] = {
      {"a=1; b", "! cookie_name 5"},
      {"=1", "! cookie_name 0"},
      {"$Version=1; a=2", "! cookie_name 0"},
      {"a=\"1; b=2\"", "! cookie_quote 2"},
      {"a=\"", "! cookie_quote 2"},
      {"a=\"x\"y\"", "! cookie_quote 2"},
      {"a=\xff", "! utf8 2"},
      {"a b=1", "! cookie_name 0"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Cookies, LimitHolds) {
  EXPECT_EQ(read("a=1;b=2", {.cookies = 2}), "a=1|b=2");
  EXPECT_EQ(read("a=1;b=2;c=3", {.cookies = 2}), "! cookies 8");
}

}  // namespace
}  // namespace sallyport::decode
