#include "http/path.hpp"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

std::string canonical(std::string_view raw) {
  Arena arena;
  const auto path = canonical_path(raw, arena);
  return path ? std::string(path->text) : "! " + std::string(path.error().rule);
}

TEST(CanonicalPath, OneFormForAllSpellings) {
  const std::pair<const char*, const char*> cases[] = {
      {"/", "/"},
      {"/a/b", "/a/b"},
      {"/a/./b", "/a/b"},
      {"/a/../b", "/b"},
      {"/../a", "/a"},
      {"/a/..", "/"},
      {"/a/b/..", "/a/"},
      {"/a//b", "/a/b"},
      {"/a/", "/a/"},
      {"//", "/"},
      {"/%61dmin", "/admin"},
      {"/a%2db", "/a-b"},
      {"/a%3fb", "/a%3Fb"},
      {"/%2e%2e/a", "/a"},
      {"/a/%2E/b", "/a/b"},
      {"/caf%c3%a9", "/caf%C3%A9"},
      {"/a%20b", "/a%20b"},
      {"/v1.2/a.json", "/v1.2/a.json"},
      {"/a..b", "/a..b"},
  };
  for (const auto& [raw, text] : cases) EXPECT_EQ(canonical(raw), text) << raw;
}

TEST(CanonicalPath, RefusesWhatHasTwoReadings) {
  const std::pair<const char*, const char*> cases[] = {
      {"/a%", "! path_percent"},
      {"/%zz", "! path_percent"},
      {"/%252e", "! path_double_encoding"},
      {"/%u002e", "! path_percent"},
      {"/%25u002e", "! path_double_encoding"},
      {"/a%00", "! path_control"},
      {"/a%5cb", "! path_backslash"},
      {"/a\\b", "! path_character"},
      {"/%c0%ae", "! path_utf8"},
      {"/%c3", "! path_utf8"},
      {"/%ed%a0%80", "! path_utf8"},
      {"/%ef%bc%8f", "! path_confusable"},
      {"/a%e2%80%8b", "! path_confusable"},
      {"/..;/a", "! path_dot_parameters"},
      {"/a/..%3b/b", "! path_dot_parameters"},
      {"/a%20/b", "! path_space"},
      {"/a./b", "! path_trailing_dot"},
      {"/a{b}", "! path_character"},
      {"/...", "! path_trailing_dot"},
  };
  for (const auto& [raw, rule] : cases) EXPECT_EQ(canonical(raw), rule) << raw;
}

TEST(CanonicalPath, IsItsOwnCanonicalForm) {
  for (const char* raw : {"/a/../b;v=1/%2f/c%3b", "/%41//./x%7e", "/caf%C3%A9/../a%3Fb"}) {
    const std::string once = canonical(raw);
    EXPECT_EQ(canonical(once), once) << raw;
  }
}

TEST(CanonicalPath, SaysWhatAnApiMustOptInTo) {
  Arena arena;
  EXPECT_TRUE(canonical_path("/a;v=1", arena)->parameters);
  EXPECT_TRUE(canonical_path("/a%3Bv=1", arena)->parameters);
  EXPECT_TRUE(canonical_path("/a%2Fb", arena)->encoded_slash);
  EXPECT_FALSE(canonical_path("/a/b", arena)->encoded_slash);
}

}  // namespace
}  // namespace sallyport::http
