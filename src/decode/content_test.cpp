#include "decode/content.hpp"
#include "decode/pointer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "decode/leaves.hpp"

namespace sallyport::decode {
namespace {

using namespace std::string_literals;

// "place name=value" of each leaf, or "! rule" when the body is refused.
std::string leaves(const std::string& type, const std::string& body, const ContentLimits& limits = {}) {
  Arena arena;
  Fields fields;
  if (!type.empty()) fields.append("Content-Type", type);
  const auto content = read_content(fields, body, arena, limits);
  if (!content) return "! " + std::string(content.error().rule);
  std::string out;
  const Visited visited = visit_content(*content, arena, [&](const Leaf& leaf) {
    out += (out.empty() ? "" : "|") + std::string(place_name(leaf.place)) + " ";
    out += leaf.json == nullptr ? std::string(leaf.name) : pointer_to(*leaf.root, *leaf.json);
    out += "=" + std::string(leaf.value);
    return true;
  });
  if (visited.unread_count != 0) out += " unread " + std::string(visited.unread);
  return out;
}

TEST(Content, IsVisitedLeafByLeaf) {
  EXPECT_EQ(leaves("application/json", R"({"a/b":["x",1,true],"c~":{"d":null}})"),
            "json_name /a~1b=a/b|json_string /a~1b/0=x|json_number /a~1b/1=1|json_name /c~0=c~|json_name /c~0/d=d");
  EXPECT_EQ(leaves("application/problem+json; charset=utf-8", "\"x\""), "json_string =x");
  EXPECT_EQ(leaves("application/x-ndjson", "{\"a\":1}\n\r\n\"x\"\r\n2"),
            "json_name /a=a|json_number /a=1|json_string =x|json_number =2");
  EXPECT_EQ(leaves("application/json-seq",
                   "\x1e\"a\"\n\x1e"
                   "1\n"),
            "json_string =a|json_number =1");
  EXPECT_EQ(leaves("application/x-www-form-urlencoded", "a=%3C&b"), "form_name a=a|form_value a=<|form_name b=b");
  EXPECT_EQ(
      leaves("text/xml", "<?p q?><a b='1'> <!--c-->t<![CDATA[d]]></a>"),
      "xml_instruction p=q|xml_name a=a|xml_name b=b|xml_attribute b=1|xml_comment a=c|xml_text a=t|xml_cdata a=d");
  EXPECT_EQ(leaves("text/plain", "hi"), "text =hi");
  EXPECT_EQ(leaves("", "hi"), "text =hi");
  EXPECT_EQ(leaves("", "\xff"), "bytes =\xff");
  EXPECT_EQ(leaves("image/png", "\x89PNG"), "bytes =\x89PNG");
  EXPECT_EQ(leaves("application/graphql", "{a}"), "text ={a}");
  EXPECT_EQ(leaves("application/json", ""), "");
}

TEST(Content, PartsAreReadByTheirTypesToo) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"j\"; filename=\"f\"\r\nContent-Type: application/json\r\n\r\n"
      "[\"x\"]\r\n--b\r\nContent-Disposition: form-data; name=u\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\n"s +
      "<\0\r\n--b--"s;
  EXPECT_EQ(leaves("multipart/form-data; boundary=b", body),
            "part_name j=j|part_filename j=f|part_header Content-Disposition=form-data; name=\"j\"; filename=\"f\"|"
            "part_header Content-Type=application/json|part_content j=[\"x\"]|json_string /0=x|part_name u=u|"
            "part_header Content-Disposition=form-data; name=u|part_header Content-Type=text/plain; charset=utf-16le|"
            "part_content u=<\0|part_content =<"s);
  const std::string broken =
      "--b\r\nContent-Disposition: form-data; name=j\r\nContent-Type: application/json\r\n\r\n{\r\n--b--";
  EXPECT_TRUE(leaves("multipart/form-data; boundary=b", broken).ends_with("part_content j={ unread syntax"));
}

TEST(Content, CharsetsAreConverted) {
  EXPECT_EQ(leaves("application/json; charset=utf-16", "\0\"\0<\0\""s), "json_string =<");
  EXPECT_EQ(leaves("application/json", "\"\0<\0\"\0"s), "json_string =<");
  EXPECT_EQ(leaves("application/json", "\xef\xbb\xbf\"x\""), "json_string =x");
  EXPECT_EQ(leaves("text/plain; charset=windows-1252", "\x80"), "text =€");
  EXPECT_EQ(leaves("text/plain; charset=utf-7", "x"), "! charset");
  EXPECT_EQ(leaves("application/json; charset=ibm037", "{}"), "! charset");
  EXPECT_EQ(leaves("text/plain", "\xe9"), "! utf8");
  EXPECT_EQ(leaves("text/xml; charset=iso-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>"),
            "xml_name a=a|xml_text a=é");
}

TEST(Content, DeclaredAndActualMustAgree) {
  EXPECT_EQ(leaves("application/json", "<a/>"), "! syntax");
  EXPECT_EQ(leaves("text/xml", "{}"), "! xml");
  EXPECT_EQ(leaves("text/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), "! charset");
  EXPECT_EQ(leaves("text/xml; charset=utf-8", "<?xml version='1.0' encoding='UTF-16'?><a/>"), "! charset");
  EXPECT_EQ(leaves("text/xml", "<?xml version='1.0' encoding='UTF-7'?><a/>"), "! charset");
  EXPECT_EQ(leaves("application/x-ndjson", "{\"a\":1}\n{"), "! syntax");
  EXPECT_EQ(leaves("application/json-seq", "1"), "! syntax");
  EXPECT_EQ(leaves("application/json-seq",
                   "\x1e"
                   "1"),
            "! truncated");
  EXPECT_EQ(leaves("application/json; a=1; a=2", "{}"), "! media_type");
}

TEST(Content, FieldsWithTwoReadingsAreRefused) {
  Arena arena;
  Fields fields;
  fields.append("Content-Type", "application/json");
  fields.append("content-type", "text/plain");
  EXPECT_EQ(read_content(fields, "{}", arena).error().rule, "media_type");
  fields.remove(0);
  EXPECT_EQ(read_content(fields, "{}", arena)->format, Format::text);
  Fields coded;
  coded.append("Content-Encoding", "gzip");
  coded.append("Content-Encoding", "br");
  EXPECT_EQ(read_content(coded, "{}", arena).error().rule, "coding");
  Fields unknown;
  unknown.append("Content-Encoding", "compress");
  const auto refused = read_content(unknown, "{}", arena);
  EXPECT_EQ(status_of(refused.error()), 415);
}

TEST(Content, LimitsHold) {
  ContentLimits limits;
  limits.lines = 2;
  EXPECT_EQ(leaves("application/x-ndjson", "1\n2\n", limits), "json_number =1|json_number =2");
  EXPECT_EQ(leaves("application/x-ndjson", "1\n2\n3", limits), "! lines");
  EXPECT_EQ(leaves("application/json-seq",
                   "\x1e"
                   "1\n\x1e"
                   "2\n\x1e"
                   "3\n",
                   limits),
            "! lines");
  // The limits of a tree are those of all lines together.
  limits = {};
  limits.json.values = 4;
  EXPECT_EQ(leaves("application/x-ndjson", "[1]\n[2]", limits), "json_number /0=1|json_number /0=2");
  EXPECT_EQ(leaves("application/x-ndjson", "[1]\n[2]\n3", limits), "! values");
  EXPECT_EQ(status_of({"values", "", 0}), 413);
  EXPECT_EQ(status_of({"syntax", "", 0}), 400);
}

TEST(Leaves, OfAHeadNoneIsMissed) {
  Arena arena;
  Request request;
  request.path = "/a/%3Cb/";
  request.query = "q=%27&r";
  request.has_query = true;
  request.fields.append("X-A", "v");
  request.fields.append("X-Gone", "w");
  request.fields.append("Cookie", "k=\"1\"; l=2");
  request.fields.remove("X-Gone");
  std::string out;
  const auto visit = [&](const Leaf& leaf) {
    out += std::string(place_name(leaf.place)) + " " + std::string(leaf.name) + "=" + std::string(leaf.value) + "|";
    return true;
  };
  EXPECT_EQ(visit_head(request, arena, visit).unread_count, 0u);
  EXPECT_EQ(out,
            "path_segment =a|path_segment =<b|query_name q=q|query_value q='|query_name r=r|header_name X-A=X-A|"
            "header_value X-A=v|cookie_name k=k|cookie_value k=1|cookie_name l=l|cookie_value l=2|");
}

TEST(Leaves, WhatCannotBeReadIsVisitedRawAndTold) {
  Arena arena;
  Request request;
  request.path = "/";
  request.query = "q=%27%";
  request.has_query = true;
  request.fields.append("Cookie", "nameless");
  std::string out;
  const Visited visited = visit_head(request, arena, [&](const Leaf& leaf) {
    out += std::string(leaf.value) + "|";
    return true;
  });
  EXPECT_EQ(out, "q=%27%|q='%|nameless|");
  EXPECT_EQ(visited.unread_count, 2u);
  EXPECT_EQ(visited.unread, "percent");
}

TEST(Leaves, AVisitCanStop) {
  Arena arena;
  Fields fields;
  fields.append("Content-Type", "application/json");
  const auto content = read_content(fields, "[1,2,3]", arena);
  int seen = 0;
  EXPECT_TRUE(visit_content(*content, arena, [&](const Leaf&) { return ++seen < 2; }).stopped);
  EXPECT_EQ(seen, 2);
}

}  // namespace
}  // namespace sallyport::decode
