#include "base/csv.hpp"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

std::string cell(std::string_view text) {
  std::string out;
  append_csv(out, text);
  return out;
}

TEST(Csv, CellsAreQuotedAndSeparated) {
  std::string out;
  append_csv(out, "a,b");
  append_csv(out, "say \"hi\"");
  out += '\n';
  append_csv(out, "");
  EXPECT_EQ(out, "\"a,b\",\"say \"\"hi\"\"\"\n\"\"");
}

TEST(Csv, NothingIsAFormula) {
  for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\tx", "\rx", "\n=1", "|calc", "%0A",
                           "\xef\xbc\x9d"
                           "1"}) {
    EXPECT_TRUE(cell(text).starts_with("\"'")) << text;
  }
  EXPECT_EQ(cell("a=1"), "\"a=1\"");
}

TEST(Csv, ACellIsOneLine) { EXPECT_EQ(cell(std::string_view("a\r\nb\0c", 6)), "\"a  b c\""); }

}  // namespace
}  // namespace sallyport
