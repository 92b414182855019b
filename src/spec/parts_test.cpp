// Path templates, the text index and dates: one test per rule.
#include <gtest/gtest.h>

#include <unordered_map>

#include "base/text_index.hpp"
#include "spec/date.hpp"
#include "spec/path_template.hpp"

namespace sallyport {
namespace {

TEST(PathTemplate, CanonicalText) {
  EXPECT_EQ(canonical_path_text("/%7e%41%2d%2f%3b"), "/~A-%2F%3B");
  EXPECT_EQ(canonical_path_text("a b\"<>`|^\\?#[]"), "a%20b%22%3C%3E%60%7C%5E%5C%3F%23%5B%5D");
  EXPECT_EQ(canonical_path_text("\xc3\xa9\x7f"), "%C3%A9%7F");
  EXPECT_EQ(canonical_path_text("%"), "%25");
  EXPECT_EQ(canonical_path_text("%4"), "%254");
  EXPECT_EQ(canonical_path_text("%zz"), "%25zz");
  EXPECT_EQ(canonical_path_text("!$&'()*+,;=:@-._~"), "!$&'()*+,;=:@-._~");
  const std::string once = canonical_path_text("%2541%e9 x");
  EXPECT_EQ(canonical_path_text(once), once);
}

TEST(PathTemplate, SegmentsAndVariables) {
  const auto parsed = parse_path_template("/a/{b}/c{d}e/");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->segments.size(), 4u);
  EXPECT_EQ(parsed->segments[0].kind(), SegmentKind::concrete);
  EXPECT_EQ(parsed->segments[1].kind(), SegmentKind::variable);
  EXPECT_EQ(parsed->segments[2].kind(), SegmentKind::mixed);
  EXPECT_EQ(parsed->segments[3].kind(), SegmentKind::concrete);
  EXPECT_EQ(parsed->variables, (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(parsed->shape(), "/a/{/c{e/");
  EXPECT_TRUE(parse_path_template("")->segments.empty());
}

TEST(PathTemplate, LimitsAtNAndOneMore) {
  const auto of_length = [](std::size_t size) { return parse_path_template("/" + std::string(size - 1, 'a')); };
  EXPECT_TRUE(of_length(PathTemplate::max_length));
  EXPECT_EQ(of_length(PathTemplate::max_length + 1).error().code, ErrorCode::limit);
  const auto of_segments = [](std::size_t count) {
    std::string text;
    while (count-- != 0) text += "/a";
    return parse_path_template(text);
  };
  EXPECT_TRUE(of_segments(PathTemplate::max_segments));
  EXPECT_EQ(of_segments(PathTemplate::max_segments + 1).error().code, ErrorCode::limit);
}

TEST(PathTemplate, ReachableByCanonicalPaths) {
  for (const auto* text : {"", "/", "/a", "/a/", "/a/{b}.", "/...a"})
    EXPECT_TRUE(parse_path_template(text)->reachable()) << text;
  for (const auto* text : {"//", "/a//b", "/.", "/a/../b", "/%2e/a"})
    EXPECT_FALSE(parse_path_template(text)->reachable()) << text;
}

TEST(PathTemplate, OrderOfMixedSegments) {
  const std::vector<std::string> order{"abc{", "ab{",  "a{cd", "a{xy{c", "a{c", "a{{c",
                                       "a{",   "{b{c", "{c",   "{-{",    "{.{", "{{"};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = 0; j < order.size(); ++j)
      EXPECT_EQ(mixed_before(order[i], order[j]), i < j) << order[i] << " " << order[j];
  }
}

TEST(TextIndex, KeepsOwnersAndTextsApart) {
  TextIndex index;
  EXPECT_EQ(index.find(0, ""), TextIndex::none);
  index.add(1, "a", 10);
  index.add(2, "a", 20);
  index.add(1, "", 30);
  index.add(1, "0123456789abcdef", 40);   // the longest kept in place
  index.add(1, "0123456789abcdefg", 50);  // the shortest in the pool
  EXPECT_EQ(index.find(1, "a"), 10u);
  EXPECT_EQ(index.find(2, "a"), 20u);
  EXPECT_EQ(index.find(1, ""), 30u);
  EXPECT_EQ(index.find(2, ""), TextIndex::none);
  EXPECT_EQ(index.find(1, "0123456789abcdef"), 40u);
  EXPECT_EQ(index.find(1, "0123456789abcdefg"), 50u);
  EXPECT_EQ(index.find(1, "0123456789abcdefG"), TextIndex::none);
  EXPECT_EQ(index.find(1, std::string(100, 'x')), TextIndex::none);
}

TEST(TextIndex, HoldsManyOfAllLengths) {
  TextIndex index;
  const auto key = [](std::uint32_t i) { return std::to_string(i) + std::string(i % 40, 'k'); };
  for (std::uint32_t i = 0; i < 50'000; ++i) index.add(i % 7, key(i), i);
  EXPECT_EQ(index.size(), 50'000u);
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    ASSERT_EQ(index.find(i % 7, key(i)), i);
    ASSERT_EQ(index.find(7, key(i)), TextIndex::none);
  }
}

TEST(Date, IsoForms) {
  EXPECT_EQ(parse_iso_date("1970-01-01"), 0);
  EXPECT_EQ(parse_iso_date("2023-06-30"), 1688083200);
  EXPECT_EQ(parse_iso_date("2024-02-29T23:59:59Z"), 1709251199);
  EXPECT_EQ(parse_iso_date("2023-06-30T23:59:59-01:30"), 1688083200 + 86399 + 5400);
  EXPECT_EQ(parse_iso_date("9999-12-31"), 253402214400);
  for (const auto* text : {"", "2023", "2023-6-30", "2023-02-29", "2023-13-01", "1969-12-31", "2023-06-30T",
                           "2023-06-30T24:00:00Z", "2023-06-30T10:00Z", "2023-06-30T10:00:00", "2023-06-30T10:00:60Z",
                           "2023-06-30T10:00:00.5Z", "2023-06-30T10:60:00Z", "2023-06-30T10:00:00Zx",
                           "2023-06-30T10:00:00+1:00", "2023/06/30", "1970-01-01T00:00:00+01:00"}) {
    EXPECT_FALSE(parse_iso_date(text)) << text;
  }
}

TEST(Date, HttpForms) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 §5.6.7
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(structured_date(1688169599), "@1688169599");  // RFC 9745 §2.1
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_EQ(parse_http_date(http_date(1798675199)), 1798675199);
  for (const char* wrong :
       {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace sallyport
