#include "decode/graphql.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::decode {
namespace {

// The tree as kinds in brackets; names and details of those that have them.
void write(const GraphqlNode& node, std::string& out) {
  out += std::to_string(static_cast<int>(node.kind));
  if (node.extension) out += "+";
  if (node.repeatable) out += "*";
  if (!node.name.empty()) out += ":" + std::string(node.name);
  if (!node.detail.empty()) out += "/" + std::string(node.detail);
  if (node.first_child == nullptr) return;
  out += "(";
  for (const GraphqlNode& child : node) {
    if (&child != node.first_child) out += " ";
    write(child, out);
  }
  out += ")";
}

std::string read(std::string_view text, const GraphqlLimits& limits = {}) {
  Arena arena;
  const auto document = parse_graphql(text, arena, limits);
  if (!document) return "! " + std::string(document.error().rule) + " " + std::to_string(document.error().offset);
  std::string out;
  write(**document, out);
  return out;
}

// The one string in an argument.
std::string string_of(const std::string& literal) {
  Arena arena;
  const auto document = parse_graphql("{a(b:" + literal + ")}", arena);
  if (!document) return "! " + std::string(document.error().rule);
  return std::string((*document)->first_child->first_child->first_child->value()->name);
}

TEST(Graphql, ReadsOperations) {
  EXPECT_EQ(read("{a}"), "0(1/query(3:a))");
  EXPECT_EQ(read("{a b:c}"), "0(1/query(3:a 3:c/b))");
  EXPECT_EQ(read("mutation M($v:[Int!]!=[1] @d){a(x:$v)@e{b}}"),
            "0(1:M/mutation(6:v(21(20(21(19:Int))) 16(10:1) 8:d) 3:a(7:x(9:v) 8:e 3:b)))");
  EXPECT_EQ(read("query{...F ...on T{a} ...@d{b}}fragment F on T{c}"),
            "0(1/query(4:F 5/T(3:a) 5(8:d 3:b)) 2:F/T(3:c))");
  EXPECT_EQ(read("{a(b:1,c:1.5e3,d:true,e:null,f:E,g:[1 2],h:{i:\"s\"})}"),
            "0(1/query(3:a(7:b(10:1) 7:c(11:1.5e3) 7:d(13:true) 7:e(14:null) 7:f(15:E) 7:g(16(10:1 10:2)) "
            "7:h(17(18:i(12:s))))))");
  EXPECT_EQ(read("\xef\xbb\xbf# note\n{a,,b}"), "0(1/query(3:a 3:b))");
}

TEST(Graphql, ReadsTypeSystems) {
  EXPECT_EQ(read("schema @d{query:Q mutation:M}"), "0(22(8:d 23:query/Q 23:mutation/M))");
  EXPECT_EQ(read("\"\"\"doc\"\"\" type A implements & B & C {\"f\" a(\"x\" b:Int=1):[T!] @d c:D}"),
            "0(25:A(32:B 32:C 30:a(31:b(19:Int 10:1) 20(21(19:T)) 8:d) 30:c(19:D)))");
  EXPECT_EQ(read("interface I{a:B} union U=|A|B enum E{X Y@d} input N{a:B=1} scalar S@d extend type A{b:C}"),
            "0(26:I(30:a(19:B)) 27:U(33:A 33:B) 28:E(34:X 34:Y(8:d)) 29:N(31:a(19:B 10:1)) 24:S(8:d) "
            "25+:A(30:b(19:C)))");
  EXPECT_EQ(read("directive @d(a:B) repeatable on |FIELD|QUERY"), "0(35*:d(31:a(19:B) 36:FIELD 36:QUERY))");
}

TEST(Graphql, RefusesWithTheExactPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "! graphql 0"},
      {"{", "! graphql 1"},
      {"{}", "! graphql 1"},
      {"{a", "! graphql 2"},
      {"{a}}", "! graphql 3"},
      {"{a()}", "! graphql 3"},
      {"{a(b:)}", "! graphql 5"},
      {"{a(b 1)}", "! graphql 5"},
      {"{a{}}", "! graphql 3"},
      {"{...}", "! graphql 4"},
      {"{...on}", "! graphql 6"},
      {"query(){a}", "! graphql 6"},
      {"query($a){a}", "! graphql 8"},
      {"query($a:Int=$b){a}", "! graphql 13"},
      {"fragment on on T{a}", "! graphql 9"},
      {"fragment F T{a}", "! graphql 11"},
      {"{a(b:01)}", "! graphql 5"},
      {"{a(b:1a)}", "! graphql 5"},
      {"{a(b:1.)}", "! graphql 5"},
      {"{a(b:-)}", "! graphql 5"},
      {"{a(b:1e)}", "! graphql 5"},
      {"{a(b:1.5.2)}", "! graphql 5"},
      {"{a(b:\"x)}", "! graphql 5"},
      {"{a(b:\"x\n\")}", "! graphql 5"},
      {"{a(b:\"\"\"x)}", "! graphql 5"},
      {"{a?}", "! graphql 2"},
      {"{a..b}", "! graphql 2"},
      {"\"doc\" {a}", "! graphql 6"},
      {"\"doc\" query{a}", "! graphql 6"},
      {"type A{}", "! graphql 7"},
      {"extend type A", "! graphql 13"},
      {"enum E{true}", "! graphql 7"},
      {"schema{a:B}", "! graphql 7"},
      {"directive @d on NOWHERE", "! graphql 16"},
      {"{a(b:\xff)}", "! utf8 5"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Graphql, UnescapesStrings) {
  EXPECT_EQ(string_of(R"("a\"\\\/\b\f\n\r\t\u0041\u{1F600}\ud83d\ude00")"), "a\"\\/\b\f\n\r\tA😀😀");
  EXPECT_EQ(string_of(R"("")"), "");
  for (const char* bad :
       {R"("\x41")", R"("\u12")", R"("\ud83d")", R"("\ude00")", R"("\u{110000}")", R"("\u{}")", R"("\")", "\"\x01\""}) {
    EXPECT_EQ(string_of(bad), "! graphql") << bad;
  }
  EXPECT_EQ(string_of("\"\"\"\n    a\n      b\n    \n    c\n  \"\"\""), "a\n  b\n\nc");
  EXPECT_EQ(string_of("\"\"\"a \\\"\"\" b\"\"\""), "a \"\"\" b");
  EXPECT_EQ(string_of("\"\"\"\"\"\""), "");
}

TEST(Graphql, LimitsHold) {
  EXPECT_EQ(read("{a{b}}", {.nesting = 2}), "0(1/query(3:a(3:b)))");
  EXPECT_EQ(read("{a{b{c}}}", {.nesting = 2}), "! nesting 4");
  EXPECT_EQ(read("{a(b:[1])}", {.nesting = 3}), "0(1/query(3:a(7:b(16(10:1)))))");
  EXPECT_EQ(read("{a(b:[[1]])}", {.nesting = 3}), "! nesting 7");
  EXPECT_EQ(read("query($a:[[B]]){c}", {.nesting = 3}), "0(1/query(6:a(20(20(19:B))) 3:c))");
  EXPECT_EQ(read("query($a:[[[B]]]){c}", {.nesting = 3}), "! nesting 12");
  EXPECT_EQ(read("{a b}", {.nodes = 4}), "0(1/query(3:a 3:b))");
  EXPECT_EQ(read("{a b c}", {.nodes = 4}), "! nodes 5");
  EXPECT_EQ(read("{abc}", {.name_bytes = 3}), "0(1/query(3:abc))");
  EXPECT_EQ(read("{abcd}", {.name_bytes = 3}), "! name_bytes 1");
  EXPECT_EQ(read("{a(b:\"123\")}", {.string_bytes = 3}), "0(1/query(3:a(7:b(12:123))))");
  EXPECT_EQ(read("{a(b:\"1234\")}", {.string_bytes = 3}), "! string_bytes 5");
  EXPECT_EQ(read("{a(b:\"\"\"1234\"\"\")}", {.string_bytes = 3}), "! string_bytes 5");
}

TEST(Graphql, TellsWhatANodeHolds) {
  Arena arena;
  const auto document = parse_graphql("query($v:Int=1){a:b{c}}", arena);
  ASSERT_TRUE(document);
  const GraphqlNode& operation = *(*document)->first_child;
  EXPECT_TRUE(operation.has_selections());
  EXPECT_EQ(operation.first_child->type()->name, "Int");
  EXPECT_EQ(operation.first_child->value()->name, "1");
  const GraphqlNode& field = *operation.first_child->next_sibling;
  EXPECT_EQ(field.response_name(), "a");
  EXPECT_EQ(field.offset, 16u);
  EXPECT_EQ(field.value(), nullptr);
}

}  // namespace
}  // namespace sallyport::decode
