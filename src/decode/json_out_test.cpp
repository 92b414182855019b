// Trees written out again: as they were, and with changes.
#include <gtest/gtest.h>

#include <vector>

#include "decode/json.hpp"
#include "decode/json_out.hpp"

namespace sallyport::decode {
namespace {

class JsonOut : public ::testing::Test {
 protected:
  const Value& tree(std::string_view text) {
    const auto read = parse_json(text, arena);
    EXPECT_TRUE(read) << text;
    return **read;
  }
  Arena arena;
};

TEST_F(JsonOut, IsTheDocumentAgain) {
  for (const char* text :
       {"null", "true", "-1.50e+300", "\"\"", "[]", "{}", "[[],{},[{}]]", R"({"a":{"b":[1,2,{"c":null}]},"d":"e"})",
        R"(["\"\\\u0001",123456789012345678901234567890,"ü€😀"])"}) {
    EXPECT_EQ(write_json(tree(text), {}, arena), text);
  }
  EXPECT_EQ(write_json(tree(" { \"a\" : [ 1 , \"\\u0041\\/\" ] } "), {}, arena), R"({"a":[1,"A/"]})");
}

TEST_F(JsonOut, LeavesOutMembersAndItems) {
  const Value& root = tree(R"({"a":1,"b":{"c":[1,2]},"d":[{"e":1},{"f":2}],"g":3})");
  const auto without = [&](std::vector<const Value*> gone) {
    std::vector<Change> changes;
    for (const Value* value : gone) changes.push_back({value, {}});
    return write_json(root, changes, arena);
  };
  EXPECT_EQ(without({root.find("a")}), R"({"b":{"c":[1,2]},"d":[{"e":1},{"f":2}],"g":3})");
  EXPECT_EQ(without({root.find("b"), root.find("g")}), R"({"a":1,"d":[{"e":1},{"f":2}]})");
  EXPECT_EQ(without({root.find("a"), root.find("b"), root.find("d"), root.find("g")}), "{}");
  EXPECT_EQ(without({root.find("b")->find("c")->at(0), root.find("d")->at(1)->find("f")}),
            R"({"a":1,"b":{"c":[2]},"d":[{"e":1},{}],"g":3})");
  EXPECT_EQ(without({&root}), "null");
}

TEST_F(JsonOut, PutsStringsInstead) {
  const Value& root = tree(R"({"card":4111111111111111,"list":[{"x":[1]}],"z":true})");
  const std::vector<Change> changes{{root.find("card"), "**\"1111"}, {root.find("list")->at(0), ""}};
  EXPECT_EQ(write_json(root, changes, arena), R"({"card":"**\"1111","list":[""],"z":true})");
}

TEST_F(JsonOut, GoesAsDeepAsTheTree) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += '[';
  for (int i = 0; i < 64; ++i) text += ']';
  EXPECT_EQ(write_json(tree(text), {}, arena), text);
}

}  // namespace
}  // namespace sallyport::decode
