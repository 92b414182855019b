#include <gtest/gtest.h>

#include "controls/access/path_pattern.hpp"

namespace sallyport::controls::access {
namespace {

TEST(PathPattern, ExactSegmentsAndBelow) {
  const auto below = PathPattern::compile("/admin/**").value();
  for (const char* path : {"/admin", "/admin/", "/admin/x/y"}) EXPECT_TRUE(below.matches(path)) << path;
  for (const char* path : {"/administrator", "/x/admin", "/"}) EXPECT_FALSE(below.matches(path)) << path;
  const auto one = PathPattern::compile("/a/*/b").value();
  EXPECT_TRUE(one.matches("/a/x/b"));
  EXPECT_FALSE(one.matches("/a/x/y/b"));
}

TEST(PathPattern, DenyingSeesThroughOtherSpellings) {
  const auto below = PathPattern::compile("/admin/**").value();
  for (const char* path : {"/ADMIN", "/admin;v=1", "/admin%3Bx/y", "/;a=b/admin", "/admin%2Fsecret", "/Admin/"}) {
    EXPECT_TRUE(below.matches_loosely(path)) << path;
    EXPECT_FALSE(std::string_view(path) != "/Admin/" && below.matches(path) && std::string_view(path) != "/admin")
        << path;
  }
  EXPECT_FALSE(below.matches_loosely("/administrator"));
}

TEST(PathPattern, RefusesWhatNoRequestCanMatch) {
  for (const char* text : {"admin", "/a*b", "/a%2", "/a\\b", ""}) EXPECT_FALSE(PathPattern::compile(text)) << text;
}

}  // namespace
}  // namespace sallyport::controls::access
