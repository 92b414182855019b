#include "base/private_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/testing/scratch_folder.hpp"

namespace sallyport {
namespace {

class PrivateFile : public ::testing::Test {
 protected:
  ScratchFolder folder_;
};

TEST_F(PrivateFile, IsReplacedAsAWholeWithRightsForItsOwnerAlone) {
  const std::string path = folder_.file("keys");
  std::ofstream(path + ".new") << "left by a crash";
  ASSERT_TRUE(replace_private_file(path, "one"));
  ASSERT_TRUE(replace_private_file(path, "two"));
  EXPECT_EQ(read_private_file(path, 3).value(), "two");
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(PrivateFile, IsNotReadWhenOthersMayOrWhenItIsLonger) {
  const std::string path = folder_.file("keys");
  ASSERT_TRUE(replace_private_file(path, "1234"));
  EXPECT_TRUE(read_private_file(path, 4));
  EXPECT_EQ(read_private_file(path, 3).error().code, ErrorCode::limit);
  for (const mode_t rights : {0640u, 0604u, 0620u}) {
    ::chmod(path.c_str(), rights);
    EXPECT_EQ(read_private_file(path, 4).error().code, ErrorCode::invalid);
  }
  EXPECT_EQ(read_private_file(folder_.file("none"), 4).error().code, ErrorCode::not_found);
  EXPECT_FALSE(read_private_file(folder_.path(), 4));
  EXPECT_FALSE(replace_private_file(folder_.file("none/keys"), "x"));
}

}  // namespace
}  // namespace sallyport
