// The gateway's own keys by the clock: when one signs, and how long it is published.
#include "identity/minting_keys.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/private_file.hpp"
#include "base/testing/scratch_folder.hpp"
#include "jose/key_set.hpp"

namespace sallyport::identity {
namespace {

constexpr std::int64_t t0 = 1'700'000'000;

class MintingKeysTest : public ::testing::Test {
 protected:
  MintingKeysTest() { keys_.need(path_); }
  std::size_t published() const { return jose::KeySet::parse(keys_.jwks())->keys().size(); }
  std::string signs() const { return keys_.current()->id(); }

  ScratchFolder folder_;
  std::string path_ = folder_.file("keys.json");
  engine::Services services_;
  MintingKeys& keys_ = services_.part<MintingKeys>();
};

TEST_F(MintingKeysTest, TheFirstKeySignsAtOnceAndIsKept) {
  EXPECT_EQ(keys_.current(), nullptr);
  EXPECT_EQ(keys_.jwks(), R"({"keys":[]})");
  ASSERT_TRUE(keys_.turn(t0));
  EXPECT_EQ(published(), 1u);
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  engine::Services later;
  later.part<MintingKeys>().need(path_);
  ASSERT_TRUE(later.part<MintingKeys>().turn(t0 + 5));
  EXPECT_EQ(later.part<MintingKeys>().current()->id(), signs()) << "a restart changes no key";
}

TEST_F(MintingKeysTest, ANewKeyIsPublishedBeforeItSignsAndTheOldOneAfter) {
  ASSERT_TRUE(keys_.turn(t0));
  const std::string first = signs();
  const std::int64_t made = t0 + MintingKeys::rotation;
  ASSERT_TRUE(keys_.turn(made - 1));
  EXPECT_EQ(published(), 1u);
  ASSERT_TRUE(keys_.turn(made));
  EXPECT_EQ(published(), 2u);
  EXPECT_EQ(signs(), first);
  ASSERT_TRUE(keys_.turn(made + MintingKeys::published_before - 1));
  EXPECT_EQ(signs(), first);
  ASSERT_TRUE(keys_.turn(made + MintingKeys::published_before));
  EXPECT_NE(signs(), first);
  EXPECT_EQ(published(), 2u);
  ASSERT_TRUE(keys_.turn(made + MintingKeys::published_before + MintingKeys::published_after));
  EXPECT_EQ(published(), 1u);
}

TEST_F(MintingKeysTest, AKeyThatCannotBeKeptDoesNotSign) {
  std::filesystem::remove_all(folder_.path());
  EXPECT_FALSE(keys_.turn(t0));
  EXPECT_EQ(keys_.current(), nullptr);
  std::filesystem::create_directory(folder_.path());
  ASSERT_TRUE(keys_.turn(t0));
  const std::string first = signs();
  std::filesystem::remove_all(folder_.path());
  EXPECT_FALSE(keys_.turn(t0 + MintingKeys::rotation));
  EXPECT_EQ(signs(), first);
  EXPECT_EQ(published(), 1u);
}

TEST_F(MintingKeysTest, AFileThatIsNoneIsRefused) {
  for (const char* text :
       {"", "{}", R"({"keys":[{"made":1}]})", R"({"keys":[{"made":1,"key":"x"}]})", R"({"keys":{}})"}) {
    ASSERT_TRUE(replace_private_file(path_, text));
    EXPECT_FALSE(keys_.turn(t0)) << text;
    EXPECT_EQ(keys_.current(), nullptr);
  }
  ASSERT_TRUE(replace_private_file(path_, R"({"keys":[]})"));
  ::chmod(path_.c_str(), 0644);
  EXPECT_FALSE(keys_.turn(t0));
}

TEST_F(MintingKeysTest, WithoutAControlThatSignsNothingIsMade) {
  engine::Services none;
  EXPECT_TRUE(none.part<MintingKeys>().start({}));
  EXPECT_EQ(none.part<MintingKeys>().current(), nullptr);
  ASSERT_TRUE(keys_.start({}));
  EXPECT_NE(keys_.current(), nullptr);
}

}  // namespace
}  // namespace sallyport::identity
