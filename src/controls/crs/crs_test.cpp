#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "controls/crs/report.hpp"
#include "controls/registry.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::crs {
namespace {

TEST(Shape, ShowsNothingOfAValueButItsForm) {
  Arena arena;
  EXPECT_EQ(shape_of(arena, "' or 1=1 --"), "' aa 0=0 --");
  EXPECT_EQ(shape_of(arena, "S3cret\xc3\xa9\n"), "a0aaaaaa.");
  EXPECT_EQ(shape_of(arena, std::string(40, 'x')), std::string(40, 'a'));
  EXPECT_EQ(shape_of(arena, std::string(41, 'x')), std::string(40, 'a') + "...");
  EXPECT_EQ(shape_of(arena, ""), "");
}

// A rule set of one file, as the key `rules` names it.
class Rules : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("sallyport-crs-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "rules");
    std::ofstream(folder_ / "crs-setup.conf.example") << "SecComponentSignature x\n";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What the configuration says of the rules; empty when they are good.
  std::string problems(const std::string& rules, const std::string& keys = {}) {
    std::ofstream(folder_ / "rules" / "a.conf") << rules;
    const auto document = document::parse("rules: " + folder_.string() + "\n" + keys, "sallyport.yaml");
    EXPECT_TRUE(document);
    config::Report report;
    for (const engine::Descriptor& control : registry()) {
      if (control.name != "crs") continue;
      const auto compiled = control.compile(&document->root(), engine::Scope{}, report);
      EXPECT_EQ(compiled.has_value(), report.ok());
    }
    return report.text();
  }
  std::filesystem::path folder_;
};

TEST_F(Rules, CompileOrSayFileAndLine) {
  EXPECT_EQ(problems("SecRule ARGS \"@rx evil\" \"id:100,phase:2,deny\"\n"), "");
  const std::string wrong = problems("\nSecRule ARGS \"@nope x\" \"id:100\"\n");
  EXPECT_NE(wrong.find("rules/a.conf:2"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("@nope"), std::string::npos) << wrong;
}

TEST_F(Rules, AreOneSetAndNotTwo) { EXPECT_NE(problems("", "packaged: true\n").find("both"), std::string::npos); }

}  // namespace
}  // namespace sallyport::controls::crs
