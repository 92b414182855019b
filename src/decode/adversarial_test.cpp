// What 1 MiB of anything may cost a decoder: 10 ms and 8 MiB in the shipped build. This build is
// slower and its machine may be busy, so time has slack here: it finds what is quadratic, which
// takes seconds. Memory is exact.
#include <gtest/gtest.h>
#include <malloc.h>

#include <ctime>
#include <string>
#include <vector>

#include "base/base64.hpp"
#include "decode/leaves.hpp"
#include "decode/nested.hpp"

namespace sallyport::decode {
namespace {

constexpr std::size_t mib = 1u << 20;
constexpr double slack = 15;

std::string times(std::string_view unit, std::string_view before = {}, std::string_view after = {}) {
  std::string out(before);
  while (out.size() + unit.size() + after.size() <= mib) out += unit;
  return out.append(after);
}

struct Attack {
  std::string name;
  std::string type;
  std::string body;
};

std::vector<Attack> attacks() {
  const std::string form = "application/x-www-form-urlencoded";
  const std::string multipart = "multipart/form-data; boundary=" + std::string(70, '-');
  const std::string head = "--" + std::string(70, '-') + "\r\nContent-Disposition: form-data; name=a\r\n\r\n";
  const std::string tail = "\r\n--" + std::string(70, '-') + "--";
  const std::string xml = "text/xml";
  std::string many_attributes = "<a ";
  for (int i = 0; i < 60; ++i) many_attributes += "a" + std::to_string(i) + "='' ";
  many_attributes += "/>";
  std::string scopes = "<r ";
  for (int i = 0; i < 32; ++i) scopes += "xmlns:p" + std::to_string(i) + "='u" + std::to_string(i) + "' ";
  scopes += ">";
  return {
      {"form: pairs", form, times("a&")},
      {"form: escapes in one value", form, times("%41", "a=")},
      {"form: pluses", form, times("+", "a=")},
      {"form: a bad end", form, times("%41", "a=", "%")},
      {"multipart: dashes", multipart, times("-", head, tail)},
      {"multipart: boundaries inside lines", multipart, times("x--" + std::string(70, '-'), head, tail)},
      {"multipart: parts", multipart, times(head + "\r\n", "", tail)},
      {"multipart: fields", multipart, times("a: b\r\n", "--" + std::string(70, '-') + "\r\n", tail)},
      {"multipart: parameters", multipart, times(";a=b", "--" + std::string(70, '-') + "\r\nContent-Disposition: x")},
      {"xml: depth", xml, times("<a>")},
      {"xml: breadth", xml, times("<a/>", "<r>", "</r>")},
      {"xml: texts", xml, times("<a/>x", "<r>", "</r>")},
      {"xml: attributes", xml, times(many_attributes, "<r>", "</r>")},
      {"xml: one element's attributes", xml, times("a='' ", "<r ")},
      {"xml: namespaces", xml, times("<p0:a p0:b='' p1:b='' p31:b=''/>", scopes, "</r>")},
      {"xml: references", xml, times("&#x41;", "<r>", "</r>")},
      {"xml: ampersands", xml, times("&", "<r>", "</r>")},
      {"xml: an open reference", xml, times("a", "<r>&", "</r>")},
      {"xml: brackets", xml, times("]", "<r><![CDATA[", "]]></r>")},
      {"xml: dashes", xml, times("- ", "<r><!--", "--></r>")},
      {"xml: a long name", xml, times("a", "<", "/>")},
      {"xml: carriage returns", xml, times("\r", "<r>", "</r>")},
      {"xml: entity declarations", xml, times("<!ENTITY a 'b'>", "<!DOCTYPE r [", "]><r/>")},
      {"json: depth", "application/json", times("[")},
      {"json: breadth", "application/json", times("0,", "[", "0]")},
      {"json lines: empty", "application/x-ndjson", times("\n")},
      {"json lines: short", "application/x-ndjson", times("1\n")},
      {"json sequence", "application/json-seq",
       times("\x1e"
             "1\n")},
      {"text: UTF-16", "text/plain; charset=utf-16le", times(std::string_view("\x00\x4e", 2))},
      {"text: latin", "text/plain; charset=iso-8859-1", times("\xff")},
      {"graphql: breadth", "application/graphql", times("a ", "{", "}")},
      {"graphql: depth", "application/graphql", times("{a")},
      {"graphql: lists", "application/graphql", times("[", "{a(b:")},
      {"graphql: a long string", "application/graphql", times("\\u0041", "{a(b:\"", "\")}")},
      {"graphql: lines of a block", "application/graphql", times("\n", "{a(b:\"\"\"", "x\"\"\")}")},
      {"graphql: quotes of a block", "application/graphql", times("\\\"\"\"", "{a(b:\"\"\"", "\"\"\")}")},
      {"graphql: quotes", "application/graphql", times("\"\" ", "{a(b:[", "])}")},
      {"graphql: commas", "application/graphql", times(",", "{", "a}")},
      {"type: parameters", "text/plain" + times(";a=b"), "x"},
  };
}

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t taken() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

TEST(Adversarial, NoBodyOfAMebibyteTakesLongOrMuch) {
  for (const Attack& attack : attacks()) {
    Fields fields;
    fields.append("Content-Type", attack.type);
    const std::size_t before = taken();
    const double begin = seconds();
    Arena arena;
    const auto content = read_content(fields, attack.body, arena);
    std::size_t seen = 0;
    if (content) visit_content(*content, arena, [&](const Leaf& leaf) { return (seen += leaf.value.size() + 1) != 0; });
    const double took = seconds() - begin;
    EXPECT_LT(took, 0.010 * slack) << attack.name;
    EXPECT_LT(taken() - before, 8 * mib) << attack.name;
    RecordProperty(attack.name, std::to_string(took * 1000) + " ms");
  }
}

TEST(Adversarial, NoValueOfAMebibyteTakesLongOrMuchToUnwrap) {
  std::string percent = times("%41");
  std::string layered = "%";
  while (layered.size() < mib) layered += "25";
  const std::pair<const char*, std::string> values[] = {
      {"percent", percent},
      {"percent signs", times("%")},
      {"layers", layered},
      {"layers, many", times("%2525252541")},
      {"backslashes", times("\\u0041")},
      {"backslash signs", times("\\")},
      {"html", times("&#65;")},
      {"ampersands", times("&")},
      {"digits of a reference", times("1", "&#")},
      {"base64", encode_base64(times("a").substr(0, mib / 4 * 3), Base64::standard)},
      {"base64 of escapes", encode_base64(percent.substr(0, mib / 4 * 3), Base64::standard)},
      {"json depth", times("[", "", "]")},
      {"json strings", times("\"%41\",", "[", "1]")},
      {"json names", times("\"%41\":1,", "{", "\"a\":1}")},
      {"xml", times("<a b='%41'/>", "<r>", "</r>")},
      {"tokens", times("eyJhbGciOiJub25lIn0.")},
      {"everything", times("%41\\u0041&#65;")},
  };
  for (const auto& [name, value] : values) {
    const std::size_t before = taken();
    const double begin = seconds();
    Arena arena;
    Unwrapper unwrapper(arena);
    const auto forms = unwrapper.unwrap(value);
    const double took = seconds() - begin;
    EXPECT_LT(took, 0.010 * slack) << name;
    EXPECT_LT(taken() - before, 8 * mib) << name;
    EXPECT_LE(forms.size(), NestedLimits{}.forms) << name;
    RecordProperty(name, std::to_string(took * 1000) + " ms");
  }
}

}  // namespace
}  // namespace sallyport::decode
