#include "config/include.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sallyport::config {
namespace {

class Include : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "include[x]XXXXXX";  // brackets: not a glob
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void file(const std::string& name, const std::string& text) {
    const std::filesystem::path path = directory_ + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Result<Loaded> run() { return load_with_includes(directory_ + "/main.yaml", report_); }
  // The report without the directory.
  std::string problems() {
    std::string text = report_.text();
    for (auto at = text.find(directory_); at != std::string::npos; at = text.find(directory_)) {
      text.erase(at, directory_.size() + 1);
    }
    return text;
  }
  static std::string texts(const document::Node& list) {
    std::string out;
    for (const auto& item : list.items()) out += std::string(item.text()) + " ";
    return out;
  }
  std::string directory_;
  Report report_;
};

TEST_F(Include, JoinsListsAndAddsKeys) {
  file("main.yaml", "version: 1\ninclude: [conf.d/*.yaml, more.yaml, none/*.yaml]\napis: [m]\n");
  file("conf.d/b.yaml", "apis: [b]\nadmin: {x: 1}\n");
  file("conf.d/a.yaml", "include: deep/c.yaml\napis: [a]\n");
  file("conf.d/deep/c.yaml", "apis: [c]\n");
  file("more.yaml", "# nothing\n");
  auto loaded = run();
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_TRUE(report_.ok()) << report_.text();
  const Loaded moved = std::move(*loaded);
  EXPECT_EQ(texts(*moved.root().find("apis")), "m a c b ");
  EXPECT_EQ(moved.root().find("apis")->items()[3].where(), directory_ + "/conf.d/b.yaml:1:8");
  EXPECT_EQ(moved.root().find("admin")->find("x")->text(), "1");
  EXPECT_EQ(moved.root().find("include"), nullptr);
  ASSERT_EQ(moved.files().size(), 5u);
  EXPECT_EQ(moved.files()[2], directory_ + "/conf.d/deep/c.yaml");
}

TEST_F(Include, AKeyGivenTwiceNamesBothPlaces) {
  file("main.yaml", "include: a.yaml\nstore: {x: 1}\nversion: 1\nlist: [1]\n");
  file("a.yaml", "store: {y: 1}\nversion: 1\nlist: {}\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(
      problems(),
      "a.yaml:1:1: include: `store` is already set at main.yaml:2:1\n  hint: only lists are joined across files\n"
      "a.yaml:2:1: include: `version` is already set at main.yaml:3:1\n  hint: only lists are joined across files\n"
      "a.yaml:3:1: include: `list` is already set at main.yaml:4:1\n  hint: only lists are joined across files\n");
}

TEST_F(Include, CyclesAndRepetitionsAreRefused) {
  file("main.yaml", "include: [a.yaml, ./a.yaml, main.yaml]\n");
  file("a.yaml", "include: b.yaml\n");
  file("b.yaml", "include: a.yaml\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.errors(), 3u);
  EXPECT_EQ(problems(),
            "b.yaml:1:10: include.include.include: `a.yaml` includes itself\n"
            "main.yaml:1:19: include: `a.yaml` is included twice\n"
            "main.yaml:1:29: include: `main.yaml` includes itself\n");
}

TEST_F(Include, HasADepthLimit) {
  const auto chain = [&](int length) {
    file("main.yaml", "include: f1.yaml\n");
    for (int i = 1; i <= length; ++i) {
      const std::string next = "include: f" + std::to_string(i + 1) + ".yaml\n";
      file("f" + std::to_string(i) + ".yaml", i < length ? next : "last: 1\n");
    }
  };
  chain(static_cast<int>(Loaded::max_depth));
  ASSERT_TRUE(run());
  EXPECT_TRUE(report_.ok()) << problems();
  chain(static_cast<int>(Loaded::max_depth) + 1);
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.errors(), 1u);
  EXPECT_NE(problems().find("includes nested deeper than 8 levels"), std::string::npos);
}

TEST_F(Include, HasALimitOfFiles) {
  file("main.yaml", "include: d/*.yaml\n");
  for (std::size_t i = 1; i < Loaded::max_files; ++i) file("d/" + std::to_string(i) + ".yaml", "");
  EXPECT_EQ(run()->files().size(), Loaded::max_files);
  EXPECT_TRUE(report_.ok()) << problems();
  file("d/x.yaml", "");
  EXPECT_EQ(run()->files().size(), Loaded::max_files);
  EXPECT_EQ(report_.errors(), 1u);
}

TEST_F(Include, ReportsWhatIsWrongInEachFile) {
  file("main.yaml", "include: [none.yaml, '', {a: b}, bad.yaml, list.yaml]\n");
  file("bad.yaml", "a: [\n");
  file("list.yaml", "[a]\n");
  ASSERT_TRUE(run());
  ASSERT_EQ(report_.errors(), 5u) << problems();
  EXPECT_EQ(report_.problems()[0].where, directory_ + "/main.yaml:1:11");
  EXPECT_EQ(report_.problems()[1].where, directory_ + "/main.yaml:1:22");
  EXPECT_EQ(report_.problems()[2].where, directory_ + "/main.yaml:1:26");
  EXPECT_EQ(report_.problems()[3].where, directory_ + "/bad.yaml:2:1");
  EXPECT_EQ(report_.problems()[4].where, directory_ + "/list.yaml:1:1");
}

TEST_F(Include, TakesNoMapping) {
  file("main.yaml", "include: {a: b}\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(problems(), "main.yaml:1:10: include: expected a path or a list of paths, found a mapping\n");
}

TEST_F(Include, FailsWithoutTheFirstFile) {
  EXPECT_EQ(run().error().code, ErrorCode::not_found);
  file("main.yaml", "a: [");
  EXPECT_EQ(run().error().where, directory_ + "/main.yaml:2:1");
}

TEST_F(Include, LeavesOtherRootsToTheirReader) {
  file("main.yaml", "[a]");
  const auto loaded = run();
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->root().is_sequence());
}

}  // namespace
}  // namespace sallyport::config
