#include "decode/nested.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/base64.hpp"
#include "decode/escapes.hpp"

namespace sallyport::decode {
namespace {

// "path:text" of each form, in the order they are found.
std::string forms(std::string_view text, const NestedLimits& limits = {}) {
  Arena arena;
  Unwrapper unwrapper(arena, limits);
  std::string out;
  for (const Nested& form : unwrapper.unwrap(text)) {
    out += out.empty() ? "" : "|";
    for (const Wrapping wrapping : form.path()) out += std::string(wrapping_name(wrapping)) + ".";
    if (form.is_name) out += "name.";
    out += form.name.empty() || form.is_name ? ":" : std::string(form.name) + ":";
    out += form.text;
  }
  const Skipped& skipped = unwrapper.skipped();
  if (skipped.forms != 0) out += " forms!";
  if (skipped.bytes != 0) out += " bytes!";
  if (skipped.deep != 0) out += " deep!";
  return out;
}

std::string base64(std::string_view text, Base64 form = Base64::standard) { return encode_base64(text, form); }

TEST(Nested, PlainValuesHaveNoOtherForm) {
  for (const char* text : {"", "a", "hello world", "3f2a-44", "user@example.com", "C:\\new\\table", "100% sure",
                           "Tom & Jerry", "a<b and c>d", "{not json}", "[1,2", "username", "administrator",
                           "2024-05-01T10:00:00Z", "DEADBEEFDEADBEEF", "e.g. this", "\"", "<br>", "&unknown;"}) {
    EXPECT_EQ(forms(text), "") << text;
  }
}

TEST(Nested, FindsEachWrapping) {
  EXPECT_EQ(forms("%3Cscript%3E"), "percent.:<script>");
  EXPECT_EQ(forms("%u003cscript%u003E"), "percent.:<script>");
  EXPECT_EQ(forms("%27+or+1%3D1"), "percent.:' or 1=1");
  EXPECT_EQ(forms("%27 + %2b"), "percent.:' + +");
  EXPECT_EQ(forms("a%zz%41"), "percent.:a%zzA");
  EXPECT_EQ(forms("\\u003cscript\\x3e"), "backslash.:<script>");
  EXPECT_EQ(forms("\\ud83d\\ude00 \\u{1F600} \\101"), "backslash.:😀 😀 A");
  EXPECT_EQ(forms("\\ud83d"), "backslash.:\xef\xbf\xbd");
  EXPECT_EQ(forms("&lt;script&#62;&#x28&colon;"), "html.:<script>(:");
  EXPECT_EQ(forms(base64("<script>alert(1)</script>")), "base64.:<script>alert(1)</script>|base64.xml.script:alert(1)");
  EXPECT_EQ(forms(base64("?>?>?>?>?>?>", Base64::url)), "base64.:?>?>?>?>?>?>");
  EXPECT_EQ(forms("PT4 Pz4 Pj4/"), "base64.:=>>?>>>>?");  // a space is a '+' that was decoded
  EXPECT_EQ(forms("PHNjcmlw\r\ndD4="), "base64.:<script>");
  EXPECT_EQ(forms("data:text/html;charset=x;base64," + base64("<script>")), "base64.:<script>");
  EXPECT_EQ(forms("Basic " + base64("admin:' or 1")), "base64.:admin:' or 1");
  EXPECT_EQ(forms("{\"a\":\"<x\",\"b\":[1,\"y\"]}"), "json.name.:a|json.a:<x|json.name.:b|json.:y");
  EXPECT_EQ(forms(" \"q\\u0041\""), "backslash.: \"qA\"|json.:qA");
  EXPECT_EQ(forms("<a b='x'>y<!--z--><![CDATA[w]]></a>"), "xml.b:x|xml.a:y|xml.a:z|xml.a:w");
}

TEST(Nested, FindsTokensClaims) {
  const std::string head = base64("{\"alg\":\"none\"}", Base64::url);
  const std::string claims = base64("{\"sub\":\"' or 1\"}", Base64::url);
  const std::string expected =
      "jwt.:{\"alg\":\"none\"}|jwt.:{\"sub\":\"' or 1\"}|jwt.json.name.:alg|jwt.json.alg:none|jwt.json.name.:sub|"
      "jwt.json.sub:' or 1";
  EXPECT_EQ(forms(head + "." + claims + ".c2ln"), expected);
  EXPECT_EQ(forms("Bearer " + head + "." + claims + "."), expected);
}

TEST(Nested, FindsWrappingsInsideWrappings) {
  EXPECT_EQ(forms("%2527"), "percent.:%27|percent.percent.:'");
  EXPECT_EQ(forms(base64("{\"q\":\"%3Cscript%3E\"}")),
            "base64.:{\"q\":\"%3Cscript%3E\"}|base64.percent.:{\"q\":\"<script>\"}|base64.json.name.:q|"
            "base64.json.q:%3Cscript%3E|base64.percent.json.q:<script>");
  EXPECT_EQ(forms(base64(std::string("<\0s\0c\0r\0i\0p\0t\0>\0", 16))), "utf16.:<script>");
  // gzip of "<script>alert(1)</script>".
  EXPECT_EQ(forms("H4sIAAAAAAACA7MpTi7KLCixS8xJLSrRMNS00YcKAAB27ib+GQAAAA=="),
            "gzip.:<script>alert(1)</script>|gzip.xml.script:alert(1)");
}

TEST(Nested, LimitsHoldAndAreTold) {
  EXPECT_EQ(forms("%252527", {.depth = 3}), "percent.:%2527|percent.percent.:%27|percent.percent.percent.:'");
  EXPECT_EQ(forms("%252527", {.depth = 2}), "percent.:%2527|percent.percent.:%27 deep!");
  EXPECT_EQ(forms("[\"a\",\"b\"]", {.forms = 2}), "json.:a|json.:b");
  EXPECT_EQ(forms("[\"a\",\"b\",\"c\"]", {.forms = 2}), "json.:a|json.:b forms!");
  EXPECT_EQ(forms("[\"a\",\"b\",\"c\"]", {.all_forms = 2}), "json.:a|json.:b forms!");
  EXPECT_EQ(forms("%41", {.bytes = 3}), "percent.:A");
  EXPECT_EQ(forms("%41", {.bytes = 2}), " bytes!");
  EXPECT_EQ(forms("[1,2]", {.json_values = 3}), "");
  EXPECT_EQ(forms("[1,2,3]", {.json_values = 3}), " bytes!");
  EXPECT_EQ(forms("%2525252525252527", {.depth = 99}).substr(0, 9), "percent.:");
}

TEST(Nested, LimitsAreThoseOfAllValues) {
  Arena arena;
  Unwrapper unwrapper(arena, {.all_forms = 1});
  EXPECT_EQ(unwrapper.unwrap("%41bc").size(), 1u);
  EXPECT_TRUE(unwrapper.skipped().nothing());
  EXPECT_EQ(unwrapper.unwrap("%42cd").size(), 0u);
  EXPECT_FALSE(unwrapper.skipped().nothing());
}

TEST(Escapes, AreLeftWhenTheyAreNone) {
  Arena arena;
  EXPECT_EQ(undo_percent("100%", arena), std::nullopt);
  EXPECT_EQ(undo_backslash("C:\\new", arena), std::nullopt);
  EXPECT_EQ(undo_backslash("\\u00", arena), std::nullopt);
  EXPECT_EQ(undo_html("&;&#;&#x;", arena), std::nullopt);
  EXPECT_EQ(undo_base64("YWJj", arena), std::nullopt);
  EXPECT_EQ(undo_base64("a-b+c/d_", arena).has_value(), true);
  EXPECT_EQ(undo_base64("not base64!", arena), std::nullopt);
}

}  // namespace
}  // namespace sallyport::decode
