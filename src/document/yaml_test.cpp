#include <gtest/gtest.h>

#include <string>

#include "document/node.hpp"

namespace sallyport::document {
namespace {

Document good(std::string text) {
  auto document = parse(std::move(text), "f.yaml");
  EXPECT_TRUE(document) << document.error().text();
  return document ? std::move(*document) : *parse("", "broken");
}

std::string refusal(std::string text, const Limits& limits = {}) {
  const auto document = parse(std::move(text), "f.yaml", limits);
  return document ? "accepted" : document.error().where + " " + document.error().message;
}

TEST(Yaml, KeepsScalarsAsTextWithTheirPlace) {
  const Document document = good("a: no\nb:\n  - 012\n  -   \"é\": 'x'\n      # comment\n");
  const Node& root = document.root();
  EXPECT_EQ(root.where(), "f.yaml:1:1");
  ASSERT_EQ(root.entries().size(), 2u);
  EXPECT_EQ(root.entries()[1].where(), "f.yaml:2:1");
  EXPECT_EQ(root.find("a")->text(), "no");
  EXPECT_EQ(root.find("a")->where(), "f.yaml:1:4");
  const Node& list = *root.find("b");
  ASSERT_TRUE(list.is_sequence());
  EXPECT_EQ(list.items()[0].text(), "012");
  EXPECT_FALSE(list.items()[0].quoted());
  EXPECT_EQ(list.items()[1].find("é")->text(), "x");
  EXPECT_TRUE(list.items()[1].find("é")->quoted());
  EXPECT_EQ(list.items()[1].find("é")->where(), "f.yaml:4:12");  // columns count characters
  EXPECT_EQ(root.find("c"), nullptr);
}

TEST(Yaml, KnowsNull) {
  const Document document = good("- ~\n- null\n- Null\n- NULL\n-\n- ''\n- 'null'\n- !!str\n- !!null ~\n");
  std::string kinds;
  for (const Node& item : document.root().items()) kinds += item.kind() == Kind::null ? 'n' : 's';
  EXPECT_EQ(kinds, "nnnnnsssn");
}

TEST(Yaml, EmptyTextIsNull) {
  for (const char* text : {"", "# nothing\n", "---\n", "\xef\xbb\xbf"}) {
    const Document document = good(text);
    EXPECT_EQ(document.root().kind(), Kind::null);
    EXPECT_GE(document.root().line(), 1u) << text;
  }
}

TEST(Yaml, FindsAmongManyKeys) {
  std::string text;
  for (int i = 200; i > 0; --i) text += "k" + std::to_string(i) + ": v" + std::to_string(i) + "\n";
  const Document document = good(text);
  for (int i = 1; i <= 200; ++i) {
    ASSERT_NE(document.root().find("k" + std::to_string(i)), nullptr);
    EXPECT_EQ(document.root().find("k" + std::to_string(i))->text(), "v" + std::to_string(i));
  }
  EXPECT_EQ(document.root().find("k0"), nullptr);
  EXPECT_EQ(document.root().find("z"), nullptr);
  EXPECT_EQ(document.root().entries()[0].key, "k200");
}

TEST(Yaml, RefusesDuplicateKeysWithBothPlaces) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "f.yaml:3:1 duplicate key `a`, first given at f.yaml:1:1");
  std::string many = "x: 0\n";
  for (int i = 0; i < 30; ++i) many += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(refusal(many), "accepted");
  EXPECT_EQ(refusal(many + "x: 1\n"), "f.yaml:32:1 duplicate key `x`, first given at f.yaml:1:1");
  EXPECT_EQ(refusal("a: {b: 1, \"b\": 2}"), "f.yaml:1:11 duplicate key `b`, first given at f.yaml:1:5");
}

TEST(Yaml, ExpandsAliases) {
  const Document document = good("a: &x {k: [1, 2]}\nb: *x\nc: &y v\nd: *y\n");
  EXPECT_EQ(document.root().find("b")->find("k")->items()[1].text(), "2");
  EXPECT_EQ(document.root().find("b")->where(), "f.yaml:1:4");
  EXPECT_EQ(document.root().find("d")->text(), "v");
}

TEST(Yaml, MergesWithItsOwnKeysFirst) {
  const Document document = good(
      "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\n"
      "one: {<<: *a, x: 0}\nlist: {<<: [*b, *a]}\ninline: {<<: {q: 1}}\nquoted: {\"<<\": *a}\n");
  const Node& root = document.root();
  EXPECT_EQ(root.find("one")->find("x")->text(), "0");
  EXPECT_EQ(root.find("one")->find("y")->text(), "1");
  EXPECT_EQ(root.find("one")->entries().size(), 2u);
  EXPECT_EQ(root.find("list")->find("y")->text(), "2");
  EXPECT_EQ(root.find("list")->find("x")->text(), "1");
  EXPECT_EQ(root.find("inline")->find("q")->text(), "1");
  EXPECT_NE(root.find("quoted")->find("<<"), nullptr);
}

struct Refused {
  const char* text;
  const char* error;
};

class YamlRefusal : public testing::TestWithParam<Refused> {};

TEST_P(YamlRefusal, NamesThePlace) { EXPECT_EQ(refusal(GetParam().text), GetParam().error) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(
    All, YamlRefusal,
    testing::Values(Refused{"a: 1\n---\nb: 2\n", "f.yaml:2:1 more than one YAML document in a file"},
                    Refused{"? [a]\n: b\n", "f.yaml:1:3 a key must be a scalar"},
                    Refused{"? {a: b}\n: b\n", "f.yaml:1:3 a key must be a scalar"},
                    Refused{"a: &x 1\n*x : 2\n", "f.yaml:2:1 a key must be a scalar"},
                    Refused{"a: !ruby/object x\n", "f.yaml:1:4 the tag `!ruby/object` does not fit here"},
                    Refused{"a: !!binary x\n", "f.yaml:1:4 the tag `tag:yaml.org,2002:binary` does not fit here"},
                    Refused{"a: !!map x\n", "f.yaml:1:4 the tag `tag:yaml.org,2002:map` does not fit here"},
                    Refused{"a: !!seq {}\n", "f.yaml:1:4 the tag `tag:yaml.org,2002:seq` does not fit here"},
                    Refused{"a: !!null x\n", "f.yaml:1:4 the tag `tag:yaml.org,2002:null` does not fit here"},
                    Refused{"!!int a: x\n", "f.yaml:1:1 the tag `tag:yaml.org,2002:int` does not fit here"},
                    Refused{"a: *x\n", "f.yaml:1:4 no anchor `&x` before this alias"},
                    Refused{"a: &x [*x]\n", "f.yaml:1:8 an alias inside the value that it stands for"},
                    Refused{"a: {<<: b}\n", "f.yaml:1:9 `<<` takes a mapping or a list of mappings"},
                    Refused{"a: {<<: [b]}\n", "f.yaml:1:9 `<<` takes a mapping or a list of mappings"},
                    Refused{"a: {<<: {}, <<: {}}\n", "f.yaml:1:13 duplicate key `<<`"},
                    Refused{"a: [1\n", "f.yaml:2:1 did not find expected ',' or ']', while parsing a flow sequence"},
                    Refused{
                        "a:\n\t- b\n",
                        "f.yaml:2:1 found character that cannot start any token, while scanning for the next token"},
                    Refused{"ok: 1\na: \x01\n", "f.yaml:2:4 control characters are not allowed"},
                    Refused{"a: \xff\n", "f.yaml:1:4 invalid leading UTF-8 octet"}));

TEST(Yaml, RefusesBillionLaughsQuickly) {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 8; ++k) text += ", " + before;
    text += "]\n";
  }
  EXPECT_NE(refusal(text).find("more than 4000000 values, aliases expanded"), std::string::npos);
}

TEST(Yaml, RefusesMergedLaughs) {
  std::string text = "a0: &a0 {k: v}\n";
  for (int i = 1; i < 60; ++i) {
    const std::string n = std::to_string(i);
    const std::string before = "*a" + std::to_string(i - 1);
    text.append("a").append(n).append(": &a").append(n).append(" {<<: [").append(before).append(", ");
    text.append(before).append(", ").append(before).append("]}\n");
  }
  EXPECT_NE(refusal(text).find("values, aliases expanded"), std::string::npos);
}

TEST(YamlLimits, Bytes) {
  EXPECT_EQ(refusal("a: 12", {.bytes = 5}), "accepted");
  EXPECT_EQ(refusal("a: 123", {.bytes = 5}), "f.yaml more than 5 bytes");
}

TEST(YamlLimits, Nodes) {
  EXPECT_EQ(refusal("[a, b]", {.nodes = 3}), "accepted");
  EXPECT_EQ(refusal("[a, b, c]", {.nodes = 3}), "f.yaml:1:8 more than 3 values, aliases expanded");
  EXPECT_EQ(refusal("[&x [b], *x]", {.nodes = 5}), "accepted");
  EXPECT_EQ(refusal("[&x [b], *x]", {.nodes = 4}), "f.yaml:1:10 more than 4 values, aliases expanded");
}

TEST(YamlLimits, Depth) {
  EXPECT_EQ(refusal("[[{a: b}]]", {.depth = 3}), "accepted");
  EXPECT_EQ(refusal("[[{a: [b]}]]", {.depth = 3}), "f.yaml:1:7 nested deeper than 3 levels");
  EXPECT_EQ(refusal("[&x [[b]], *x]", {.depth = 3}), "accepted");
  EXPECT_EQ(refusal("[&x [[b]], [*x]]", {.depth = 3}), "f.yaml:1:13 nested deeper than 3 levels");
}

TEST(YamlLimits, Scalar) {
  EXPECT_EQ(refusal("abc: abc", {.scalar = 3}), "accepted");
  EXPECT_EQ(refusal("abc: abcd", {.scalar = 3}), "f.yaml:1:6 a value of more than 3 bytes");
  EXPECT_EQ(refusal("abcd: abc", {.scalar = 3}), "f.yaml:1:1 a value of more than 3 bytes");
}

TEST(YamlLimits, DeepNestingIsRefusedWhateverTheLimit) {
  EXPECT_NE(refusal(std::string(200'000, '['), {.depth = 1'000'000}).find("nested deeper"), std::string::npos);
  EXPECT_NE(refusal("a: " + std::string(200'000, '['), {.depth = 1'000'000}).find("f.yaml:"), std::string::npos);
  std::string block;
  for (int i = 0; i < 2000; ++i) block += "- ";
  EXPECT_NE(refusal(block + "x", {.depth = 1'000'000}).find("nested deeper"), std::string::npos);
}

TEST(Document, OutlivesItsMove) {
  Document first = good("a: [some text that is not short]");
  const Node& root = first.root();
  const Document second = std::move(first);
  EXPECT_EQ(&second.root(), &root);
  EXPECT_EQ(root.find("a")->items()[0].where(), "f.yaml:1:5");
}

TEST(Load, NamesTheFileThatIsAbsent) {
  const auto document = load("/nonexistent/x.yaml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::not_found);
  EXPECT_EQ(document.error().where, "/nonexistent/x.yaml");
  EXPECT_FALSE(load("/"));
}

}  // namespace
}  // namespace sallyport::document
