#include "config/nearest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sallyport::config {
namespace {

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("adress", "address"), 1u);
  EXPECT_EQ(edit_distance("lsiten", "listen"), 1u);  // two neighbours swapped
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);         // no substring is edited twice
  EXPECT_EQ(edit_distance("Head-Timeout", "head_timeout"), 0u);
  EXPECT_EQ(edit_distance(std::string(64, 'a'), std::string(64, 'b')), 64u);
  EXPECT_EQ(edit_distance(std::string(65, 'a'), "a"), SIZE_MAX);
}

TEST(Nearest, IsNearEnoughOrNone) {
  const std::array<std::string_view, 4> words = {"address", "tls", "timeout", "timeouts"};
  EXPECT_EQ(nearest("adress", words), "address");
  EXPECT_EQ(nearest("tsl", words), "tls");
  EXPECT_EQ(nearest("timeot", words), "timeout");
  EXPECT_EQ(nearest("certificate", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("x", words), "");
  EXPECT_EQ(nearest("tls", {}), "");
}

}  // namespace
}  // namespace sallyport::config
