#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "document/node.hpp"

namespace sallyport::document {
namespace {

std::string refusal(std::string text, const Limits& limits = {}) {
  const auto document = parse(std::move(text), "f.json", limits);
  return document ? "accepted" : document.error().where + " " + document.error().message;
}

std::string string_of(const std::string& json) {
  const auto document = parse("[" + json + "]", "f.json");
  return document ? std::string(document->root().items()[0].text()) : document.error().message;
}

TEST(Json, KeepsPlacesAndText) {
  const auto document = parse("{\r\n  \"é\\n\": [1.50e3, true,\n null, \"\"], \"b\": {}\r}", "f.json");
  ASSERT_TRUE(document) << document.error().text();
  const Node& root = document->root();
  const Node& list = *root.find("é\n");
  EXPECT_EQ(list.where(), "f.json:2:10");
  EXPECT_EQ(list.items()[0].text(), "1.50e3");
  EXPECT_FALSE(list.items()[0].quoted());
  EXPECT_EQ(list.items()[1].text(), "true");
  EXPECT_EQ(list.items()[2].kind(), Kind::null);
  EXPECT_EQ(list.items()[2].where(), "f.json:3:2");
  EXPECT_EQ(list.items()[3].kind(), Kind::scalar);
  EXPECT_TRUE(list.items()[3].quoted());
  EXPECT_TRUE(root.find("b")->is_mapping());
  EXPECT_EQ(root.entries()[1].where(), "f.json:3:13");
}

TEST(Json, DecodesEscapes) {
  EXPECT_EQ(string_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(string_of(R"("\u0041\u00e9\u20AC")"), "Aé€");
  EXPECT_EQ(string_of(R"("\ud83d\ude00!")"), "😀!");
  EXPECT_EQ(string_of(R"("\u0000x")"), std::string("\0x", 2));
}

TEST(Json, AloneItTakesNoYaml) {
  EXPECT_TRUE(parse("{a: 1}", "f"));
  EXPECT_FALSE(parse_json("{a: 1}", "f"));
  EXPECT_FALSE(parse_json("a: 1", "f"));
  EXPECT_TRUE(parse_json("\xef\xbb\xbf{\"a\": 1}", "f"));
  EXPECT_TRUE(parse_json("[1]", "f", Limits{.bytes = 3}));
  EXPECT_EQ(parse_json("[12]", "f", Limits{.bytes = 3}).error().code, ErrorCode::limit);
}

TEST(Json, MergeKeysAreOrdinary) {
  const auto document = parse(R"({"<<": {"a": 1}})", "f.json");
  ASSERT_TRUE(document);
  EXPECT_NE(document->root().find("<<"), nullptr);
}

struct Refused {
  std::string_view text;
  const char* error;
};

class JsonRefusal : public testing::TestWithParam<Refused> {};

TEST_P(JsonRefusal, NamesThePlace) {
  EXPECT_EQ(refusal(std::string(GetParam().text)), GetParam().error) << GetParam().text;
}

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    All, JsonRefusal,
    testing::Values(
        Refused{R"({"a":1,"a":2})", "f.json:1:8 duplicate key `a`, first given at f.json:1:2"},
        Refused{R"({"a":1,})", "f.json:1:8 expected a key in double quotes"},
        Refused{"[1,]", "f.json:1:4 expected a JSON value"}, Refused{"[1 2]", "f.json:1:4 expected `,` or `]`"},
        Refused{R"({"a" 1})", "f.json:1:6 expected `:` after the key"},
        Refused{R"({"a":1 "b":2})", "f.json:1:8 expected `,` or `}`"},
        Refused{"[1] x", "f.json:1:5 something after the end of the JSON value"},
        Refused{"[", "f.json:1:2 expected a JSON value, found the end of the text"},
        Refused{"{\"a", "f.json:1:4 expected the closing quote of a string, found the end of the text"},
        Refused{"[01]", "f.json:1:4 not a JSON number"}, Refused{"[-]", "f.json:1:3 not a JSON number"},
        Refused{"[1.]", "f.json:1:4 expected a digit"}, Refused{"[1e]", "f.json:1:4 expected a digit"},
        Refused{"[+1]", "f.json:1:2 expected a JSON value"}, Refused{"[.5]", "f.json:1:2 expected a JSON value"},
        Refused{"[nul]", "f.json:1:2 expected a JSON value"}, Refused{"['a']", "f.json:1:2 expected a JSON value"},
        Refused{"{a: 1}", "f.json:1:2 expected a key in double quotes"},
        Refused{"[\"\n\"]", "f.json:1:3 a control character in a string"},
        Refused{"[\"a\\n\x01\"]", "f.json:1:6 a control character in a string"},
        Refused{R"(["\x"])", "f.json:1:4 unknown escape in a string"},
        Refused{R"(["\u12g4"])", "f.json:1:7 expected four hexadecimal digits after \\u"},
        Refused{R"(["\ud83d"])", "f.json:1:9 half of a surrogate pair"},
        Refused{R"(["\ud83d\u0041"])", "f.json:1:15 half of a surrogate pair"},
        Refused{R"(["\ude00"])", "f.json:1:9 half of a surrogate pair"},
        Refused{"[\"\xc0\xaf\"]", "f.json:1:3 not UTF-8"}, Refused{"[\"\xed\xa0\x80\"]", "f.json:1:3 not UTF-8"},
        Refused{"[\"a\0b\"]"sv, "f.json:1:4 a control character in a string"}));

TEST(JsonLimits, AreThoseOfTheTree) {
  EXPECT_EQ(refusal("[1,2]", {.nodes = 3}), "accepted");
  EXPECT_EQ(refusal("[1,2,3]", {.nodes = 3}), "f.json:1:6 more than 3 values, aliases expanded");
  EXPECT_EQ(refusal("[[1]]", {.depth = 2}), "accepted");
  EXPECT_EQ(refusal("[[[]]]", {.depth = 2}), "f.json:1:3 nested deeper than 2 levels");
  EXPECT_EQ(refusal(R"(["abc"])", {.scalar = 3}), "accepted");
  EXPECT_EQ(refusal(R"(["abcd"])", {.scalar = 3}), "f.json:1:2 a value of more than 3 bytes");
  EXPECT_NE(refusal(std::string(1'000'000, '['), {.depth = 1'000'000}).find("nested deeper"), std::string::npos);
}

TEST(Json, YamlFlowMappingsAreTakenToo) {
  const auto document = parse("{a: b, c: [d]}", "f.yaml");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("a")->text(), "b");
  const auto yaml = parse("{a: b, c: [d}", "f.yaml");
  ASSERT_FALSE(yaml);
  EXPECT_EQ(yaml.error().where, "f.yaml:1:13");
  const auto json = parse("{\"a\": 1,\n \"b\" 2}", "f.yaml");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().where, "f.yaml:2:6");
}

}  // namespace
}  // namespace sallyport::document
