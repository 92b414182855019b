// RFC 8259, rule by rule, and each limit at n and n+1.
#include "decode/json.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>

namespace sallyport::decode {
namespace {

// The tree as text: kind and content, members by name.
std::string show(const Value& value) {
  std::string out = value.name().empty() ? "" : std::string(value.name()) + ":";
  if (!value.is_container())
    return out + (value.is(Kind::string) ? "'" + std::string(value.text()) + "'" : std::string(value.text()));
  out += value.is(Kind::object) ? "{" : "[";
  for (const Value& child : value) out += show(child) + " ";
  return out + (value.is(Kind::object) ? "}" : "]");
}

class Json : public testing::Test {
 protected:
  std::string read(std::string text, const Limits& limits = {}) {
    text_ = std::move(text);
    arena_.reset();
    const auto tree = parse_json(text_, arena_, limits);
    if (tree) return show(*(root_ = *tree));
    return fmt::format("{} @{}", tree.error().rule, tree.error().offset);
  }
  std::string text_;
  Arena arena_;
  const Value* root_ = nullptr;
};

TEST_F(Json, ReadsEveryKind) {
  EXPECT_EQ(read(R"({"a":[1,true,false,null,"s"],"b":{},"c":[]})"), "{a:[1 true false null 's' ] b:{} c:[] }");
  EXPECT_EQ(read(" \t\r\n0 \n"), "0");
  EXPECT_EQ(read("\"\""), "''");
  EXPECT_EQ(read(" [ 1 , { \"x\" : 2 } ] "), "[1 {x:2 } ]");
}

TEST_F(Json, KnowsPlacesAndSizes) {
  (void)read(R"({"a":[1,{"b":2}], "c" : "d"})");
  EXPECT_EQ(root_->size(), 2u);
  EXPECT_EQ(root_->descendants(), 5u);
  EXPECT_EQ(root_->find("a")->size(), 2u);
  EXPECT_EQ(root_->find("a")->offset(), 5u);
  EXPECT_EQ(root_->find("c")->offset(), 24u);
  EXPECT_EQ(root_->find("a")->at(1)->find("b")->text(), "2");
  EXPECT_EQ(root_->find("a")->at(2), nullptr);
  EXPECT_EQ(root_->find("x"), nullptr);
  EXPECT_EQ(root_->at(0)->find("a"), nullptr);
}

TEST_F(Json, KeepsNumbersAsWritten) {
  for (const std::string number : {"0", "-0", "12345678901234567890123", "1.50", "1e5", "1E+5", "-0.0e-1"}) {
    EXPECT_EQ(read(number), number);
  }
  for (const char* bad : {"-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1_0", "NaN", "Infinity", "1.e1"}) {
    EXPECT_TRUE(read(bad).starts_with("syntax @")) << bad;
  }
}

TEST_F(Json, UnescapesStrings) {
  EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t")"), "'\"\\/\b\f\n\r\t'");
  EXPECT_EQ(read("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00x\""), "'A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80x'");
  EXPECT_EQ(read(R"({"\u0061":1})"), "{a:1 }");
  EXPECT_EQ(read("\"a very long string without any escape in it \\\\ and then one\""),
            "'a very long string without any escape in it \\ and then one'");
  EXPECT_EQ(read(std::string("\"\\u0000\"")), "'" + std::string(1, '\0') + "'");
}

TEST_F(Json, RefusesBadStrings) {
  EXPECT_EQ(read("\"a\nb\""), "control_character @2");
  EXPECT_EQ(read("\"\x1f\""), "control_character @1");
  EXPECT_EQ(read("\"\x7f\""), "'\x7f'");
  EXPECT_EQ(read("\"abc"), "syntax @4");
  EXPECT_EQ(read("\"abc\\"), "syntax @4");
  EXPECT_EQ(read("\"abc\\\""), "syntax @6");
  EXPECT_EQ(read(R"("\x")"), "syntax @1");
  EXPECT_EQ(read(R"("\u12")"), "syntax @1");
  EXPECT_EQ(read(R"("\u12g4")"), "syntax @1");
  EXPECT_EQ(read(R"("ab\ud800")"), "surrogate @3");
  EXPECT_EQ(read(R"("\ud800\u0041")"), "surrogate @1");
  EXPECT_EQ(read(R"("\udc00\ud800")"), "surrogate @1");
  EXPECT_EQ(read("'a'"), "syntax @0");
}

TEST_F(Json, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(read("\"\xc3\xa9\""), "'\xc3\xa9'");
  EXPECT_EQ(read("\"a\xff\""), "utf8 @2");
  EXPECT_EQ(read("\"\xc0\x80\""), "utf8 @1");               // overlong
  EXPECT_EQ(read("\"\xed\xa0\x80\""), "utf8 @1");           // a surrogate
  EXPECT_EQ(read("\"\xf4\x90\x80\x80\""), "utf8 @1");       // above U+10FFFF
  EXPECT_EQ(read("\"0123456789abcdef\xc3\""), "utf8 @17");  // cut, behind a full step of the scan
  EXPECT_EQ(read("{\"\xff\":1}"), "utf8 @2");
  EXPECT_EQ(read("\xff"), "syntax @0");
  EXPECT_EQ(read("\xef\xbb\xbf{}"), "byte_order_mark @0");
}

TEST_F(Json, RefusesWhatIsNoValue) {
  for (const char* bad : {"",
                          " ",
                          "{",
                          "[",
                          "[1",
                          "[1,",
                          "{\"a\"",
                          "{\"a\":",
                          "{\"a\":1",
                          "{\"a\":1,",
                          "{a:1}",
                          "[1 2]",
                          "[1,]",
                          "{\"a\":1,}",
                          "{\"a\" 1}",
                          "[}",
                          "{]",
                          "{\"a\":1]",
                          "[1}",
                          "1 2",
                          "{}}",
                          "tru",
                          "True",
                          "nul",
                          "[,1]",
                          "{,}",
                          "//x\n1",
                          "1/**/",
                          "\f1",
                          "\xc2\xa0"
                          "1",
                          "{1:2}"}) {
    EXPECT_TRUE(read(bad).starts_with("syntax @")) << bad;
  }
}

TEST_F(Json, RefusesEqualNames) {
  EXPECT_EQ(read(R"({"a":1,"a":2})"), "duplicate_name @7");
  EXPECT_EQ(read(R"({"a":1,"\u0061":2})"), "duplicate_name @7");
  EXPECT_EQ(read(R"({"a":{"a":1},"b":{"a":1}})"), "{a:{a:1 } b:{a:1 } }");
  EXPECT_EQ(read(R"({"":1,"":2})"), "duplicate_name @6");
  EXPECT_EQ(read(R"({"a":1,"a":2})", Limits{.duplicates = true}), "{a:1 a:2 }");
  EXPECT_EQ(root_->find("a")->text(), "2");
}

std::string object_of(int count, const std::string& more = "") {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += fmt::format("\"n{}\":{},", i, i);
  if (!more.empty()) return text + more + "}";
  text.back() = '}';
  return text;
}

TEST_F(Json, FindsAmongManyMembers) {
  for (const int count : {1, 2, 15, 16, 17, 18, 100, 5000}) {
    (void)read(object_of(count));
    ASSERT_EQ(root_->size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      const Value* found = root_->find(fmt::format("n{}", i));
      ASSERT_NE(found, nullptr) << count << " " << i;
      EXPECT_EQ(found->text(), std::to_string(i));
    }
    EXPECT_EQ(root_->find(fmt::format("n{}", count)), nullptr);
    EXPECT_TRUE(read(object_of(count, "\"n0\":7")).starts_with("duplicate_name @")) << count;
    EXPECT_TRUE(read(object_of(count, fmt::format("\"n{}\":7", count - 1))).starts_with("duplicate_name @")) << count;
    (void)read(object_of(count, "\"n0\":7"), Limits{.duplicates = true});
    EXPECT_EQ(root_->find("n0")->text(), "7");
  }
}

TEST_F(Json, KeepsItsLimits) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(read(nested(64)).starts_with("["));
  EXPECT_EQ(read(nested(65)), "depth @64");
  EXPECT_TRUE(read(object_of(10'000)).starts_with("{"));
  EXPECT_TRUE(read(object_of(10'001)).starts_with("names @"));
  const auto zeros = [](std::size_t n) {
    std::string text = "[0";
    for (std::size_t i = 1; i < n; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_TRUE(read(zeros(99'999)).starts_with("["));
  EXPECT_EQ(root_->size(), 99'999u);
  EXPECT_EQ(read(zeros(100'000)), "values @199999");
  EXPECT_TRUE(read("\"" + std::string(1u << 20, 'x') + "\"").starts_with("'"));
  EXPECT_EQ(read("\"" + std::string((1u << 20) + 1, 'x') + "\""), "string_bytes @0");
  EXPECT_EQ(read("{\"" + std::string((1u << 20) + 1, 'x') + "\":1}"), "string_bytes @1");
  EXPECT_EQ(read(std::string(1000, '1')).size(), 1000u);
  EXPECT_EQ(read(std::string(1001, '1')), "number_bytes @0");
  for (const std::uint32_t values : {1u, 2u, 159u, 160u, 161u, 2560u, 2561u}) {
    EXPECT_TRUE(read(zeros(values), Limits{.values = values + 1}).starts_with("[")) << values;
    EXPECT_TRUE(read(zeros(values), Limits{.values = values}).starts_with("values @")) << values;
  }
}

TEST(Position, CountsLinesAndCodePoints) {
  const std::string_view text =
      "a\r\nb\xc3\xa9"
      "c\rd\n";
  EXPECT_EQ(position_of(text, 0).column, 1u);
  EXPECT_EQ(position_of(text, 3).line, 2u);
  EXPECT_EQ(position_of(text, 6).column, 3u);
  EXPECT_EQ(position_of(text, 8).line, 3u);
  EXPECT_EQ(position_of(text, 10).line, 4u);
}

}  // namespace
}  // namespace sallyport::decode
