#include "config/report.hpp"

#include <gtest/gtest.h>

namespace sallyport::config {
namespace {

TEST(Report, KeepsALimitedNumber) {
  const auto document = document::parse("a", "f.yaml");
  Report report;
  for (std::size_t i = 0; i < Report::max_problems; ++i) report.error(document->root(), "wrong");
  EXPECT_EQ(report.problems().size(), Report::max_problems);
  EXPECT_EQ(report.text().find(" more"), std::string::npos);
  report.error(document->root(), "wrong");
  EXPECT_EQ(report.problems().size(), Report::max_problems);
  EXPECT_EQ(report.errors(), Report::max_problems + 1);
  EXPECT_TRUE(report.text().ends_with("wrong\nand 1 more\n"));
}

TEST(Report, WarningsAreNoErrors) {
  const auto document = document::parse("a: 1", "f.yaml");
  Report report;
  {
    const Report::Below list(report, "a");
    const Report::Below item(report, 3);
    const Report::Below key(report, "b\n");
    report.warning(document->root().entries()[0], "odd", "look");
  }
  report.warning(Error{.code = ErrorCode::invalid, .message = "far", .where = "x:1:1"});
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.warnings(), 2u);
  EXPECT_EQ(report.text(), "f.yaml:1:1: warning: a[3].b\\x0a: odd\n  hint: look\nx:1:1: warning: far\n");
}

TEST(Report, IsJson) {
  const auto document = document::parse("a: 1", "f.yaml");
  Report report;
  report.error(document->root(), "wrong \"thing\"");
  EXPECT_EQ(report.json(), R"({"errors":1,"warnings":0,"problems":[{"severity":"error","where":"f.yaml:1:1","path":"",)"
                           R"("message":"wrong \"thing\"","hint":""}]})");
  EXPECT_TRUE(document::parse(report.json(), "r.json"));
}

TEST(Shown, IsShortAndHarmless) {
  EXPECT_EQ(shown("a\nb\x1b"), "`a\\x0ab\\x1b`");
  EXPECT_EQ(shown(std::string(40, 'a')), "`" + std::string(40, 'a') + "`");
  EXPECT_EQ(shown(std::string(41, 'a')), "`" + std::string(40, 'a') + "…`");
  EXPECT_EQ(shown(std::string(39, 'a') + "éé"), "`" + std::string(39, 'a') + "é…`");
}

}  // namespace
}  // namespace sallyport::config
