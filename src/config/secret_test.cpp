#include "config/secret.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/table.hpp"
#include "config/testing/sample.hpp"

namespace sallyport::config {
namespace {

class SecretFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "secretXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(directory_);
  }
  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  // What is reported for `key: …` in a file of that directory.
  std::string reported(const std::string& key) {
    const auto document = document::parse("certificate: /dev/null\nkey: " + key + "\n", directory_ + "/s.yaml");
    Report report;
    const auto tls = read<sample::Tls>(document->root(), report);
    if (tls) return "value " + std::string(tls->key.reveal()) + " dump " + dump(*tls);
    EXPECT_EQ(report.problems().size(), 1u);
    const Problem& problem = report.problems()[0];
    return problem.where.substr(directory_.size() + 1) + " " + problem.path + " " + problem.message + " | " +
           problem.hint;
  }
  std::string directory_;
};

TEST_F(SecretFile, IsReadWithoutItsLineFeed) {
  EXPECT_EQ(Secret::from_file(file("a", "pass\n"))->reveal(), "pass");
  EXPECT_EQ(Secret::from_file(file("b", "pass\r\n"))->reveal(), "pass");
  EXPECT_EQ(Secret::from_file(file("c", " pass \n\n"))->reveal(), " pass \n");
  EXPECT_EQ(Secret::from_file(file("d", "pass", 0400))->source(), "file " + directory_ + "/d");
}

TEST_F(SecretFile, IsForItsOwnerOnly) {
  for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0601u, 0644u}) {
    const std::string path = file("open", "x", mode);
    const auto secret = Secret::from_file(path);
    ASSERT_FALSE(secret) << mode;
    EXPECT_EQ(secret.error().hint, "chmod 0600 " + path);
  }
}

TEST_F(SecretFile, IsARegularFileThatHoldsSomething) {
  EXPECT_FALSE(Secret::from_file(directory_));
  EXPECT_FALSE(Secret::from_file("/dev/null"));
  EXPECT_EQ(Secret::from_file(directory_ + "/none").error().code, ErrorCode::not_found);
  EXPECT_FALSE(Secret::from_file(file("empty", "")));
  EXPECT_FALSE(Secret::from_file(file("line", "\n")));
  const std::string pipe = directory_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(Secret::from_file(pipe));
}

TEST_F(SecretFile, HasALimit) {
  EXPECT_TRUE(Secret::from_file(file("most", std::string(Secret::max_bytes, 'x'))));
  EXPECT_EQ(Secret::from_file(file("more", std::string(Secret::max_bytes + 1, 'x'))).error().code, ErrorCode::limit);
}

TEST_F(SecretFile, ComesFromASystemdCredential) {
  EXPECT_EQ(Secret::from_credential("key").error().code, ErrorCode::not_found);
  file("key", "pass", 0440);
  ::setenv("CREDENTIALS_DIRECTORY", directory_.c_str(), 1);
  EXPECT_EQ(Secret::from_credential("key")->reveal(), "pass");
  EXPECT_EQ(Secret::from_credential("key")->source(), "credential key");
  EXPECT_FALSE(Secret::from_credential("other"));
  for (const char* name : {"", ".", "..", "../key", "a/b"}) {
    EXPECT_EQ(Secret::from_credential(name).error().code, ErrorCode::invalid) << name;
  }
}

TEST_F(SecretFile, IsNamedRelativeToTheConfiguration) {
  file("k", "pass");
  EXPECT_EQ(reported("{file: k}"),
            "value pass dump {\"certificate\":\"/dev/null\",\"key\":\"file " + directory_ + "/k\"}");
}

TEST_F(SecretFile, NeverShowsItsValue) {
  file("open", "hunter2", 0644);
  const std::string form = " | write { file: path } (mode 0600) or { credential: name }";
  EXPECT_EQ(
      reported("hunter2"),
      "s.yaml:2:6 key a secret must not stand in a configuration file, where backups and logs would keep it" + form);
  EXPECT_EQ(reported("[hunter2]"), "s.yaml:2:6 key expected `file` or `credential`" + form);
  EXPECT_EQ(reported("{value: hunter2}"), "s.yaml:2:7 key expected `file` or `credential`" + form);
  EXPECT_EQ(reported("{file: open, credential: b}"), "s.yaml:2:6 key expected `file` or `credential`" + form);
  EXPECT_EQ(reported("{file: open}").find("hunter2"), std::string::npos);
  EXPECT_TRUE(reported("{file: open}").starts_with("s.yaml:2:13 key the secret file `")) << reported("{file: open}");
  EXPECT_TRUE(reported("{file: none}").starts_with("s.yaml:2:13 key the secret file `"));
}

TEST(Secret, CopiesShareAndOutliveTheFirst) {
  Secret copy;
  {
    const Secret first("pass", "a test");
    copy = first;
  }
  EXPECT_EQ(copy.reveal(), "pass");
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace sallyport::config
