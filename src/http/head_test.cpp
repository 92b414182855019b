// One test per rule: what is refused and what is read. The names in the tables are those of the
// rules in events.
#include "http/head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::http {
namespace {

// The request's texts point into `head`: it must outlive the request.
std::string rule_of(const std::string& head, Request& request, Arena& arena) {
  HeadEnd end;
  const auto size = end.find(head, HeadLimits{}.head);
  if (!size) return std::string(size.error().rule);
  if (*size == HeadEnd::need_more) return "need_more";
  const auto read = read_request_head(std::string_view(head).substr(0, *size), false, {}, arena, request);
  return read ? "" : std::string(read.error().rule);
}

std::string rule_of(const std::string& head) {
  Arena arena;
  Request request;
  return rule_of(head, request, arena);
}

std::string get(const std::string& fields, const std::string& target = "/a") {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

TEST(RequestHead, RefusesWhatTwoParsersCouldReadDifferently) {
  const std::pair<std::string, std::string> cases[] = {
      {get("Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "content_length_and_transfer_encoding"},
      {get("Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n"), "field_repeated"},
      {get("Host: a\r\nContent-Length: 1, 1\r\n"), "content_length"},
      {get("Host: a\r\nContent-Length: +1\r\n"), "content_length"},
      {get("Host: a\r\nContent-Length:\r\n"), "content_length"},
      {get("Host: a\r\nTransfer-Encoding: chunked, identity\r\n"), "transfer_encoding"},
      {get("Host: a\r\nTransfer-Encoding: xchunked\r\n"), "transfer_encoding"},
      {get("Host: a\r\nTransfer-Encoding : chunked\r\n"), "field_name"},
      {get("Host: a\r\nTransfer_Encoding: chunked\r\n"), "field_disguised"},
      {get("Host: a\r\nX: 1\r\n folded\r\n"), "field_colon"},
      {get("Host: a\r\nX: 1\r\n Y: 2\r\n"), "field_fold"},
      {get("Host: a\r\nX: a\rb\r\n"), "field_value"},
      {get(std::string("Host: a\r\nX: a\0b\r\n", 17)), "field_value"},
      {get("Host: a\r\nX: a\n\r\n"), "bare_lf"},
      {get("Host: a\r\nHost: a\r\n"), "field_repeated"},
      {get(""), "host_missing"},
      {get("Host: \r\n"), "host_empty"},
      {get("Host: a, b\r\n"), "host_syntax"},
      {get("Host: u@a\r\n"), "host_syntax"},
      {get("Host: a:99999\r\n"), "host_port"},
      {get("Host: [::1\r\n"), "host_syntax"},
      {get("Host: [1.2.3.4]\r\n"), "host_syntax"},
      {get("Host: a..\r\n"), "host_syntax"},
      {get("Host: a\r\n", "http://b/x"), "authority_mismatch"},
      {get("Host: a\r\n", "ftp://a/x"), "target_form"},
      {get("Host: a\r\n", "*"), "target_asterisk"},
      {get("Host: a\r\n", "/a#f"), "path_character"},
      {"get /a HTTP/1.1\r\nHost: a\r\n\r\n", "method_case"},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "method_connect"},
      {"TRACE /a HTTP/1.1\r\nHost: a\r\n\r\n", "method_trace"},
      {"GET /a HTTP/2.0\r\nHost: a\r\n\r\n", "version"},
      {"GET /a HTTP/1.1 \r\nHost: a\r\n\r\n", "version_syntax"},
      {"GET  /a HTTP/1.1\r\nHost: a\r\n\r\n", "version_syntax"},
      {"POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer_encoding_http10"},
      {get("Host: a\r\nConnection: @@\r\n"), "connection_syntax"},
      {get("Host: a\r\nExpect: other\r\n"), "expect"},
      {std::string("\x16\x03\x01", 3), "start_byte"},
  };
  for (const auto& [head, rule] : cases) EXPECT_EQ(rule_of(head), rule) << head;
}

TEST(RequestHead, ReadsTheCanonicalMessage) {
  Arena arena;
  Request request;
  const std::string head =
      get("Host: API.Example.com.:8443\r\nX-A:  v \r\n", "http://api.example.com:8443/a/%7Eb/../c?q=1");
  ASSERT_EQ(rule_of(head, request, arena), "");
  EXPECT_EQ(request.host, "api.example.com");
  EXPECT_EQ(request.port, 8443);
  EXPECT_EQ(request.path, "/a/c");
  EXPECT_EQ(request.query, "q=1");
  EXPECT_EQ(request.method, Method::get);
  EXPECT_TRUE(request.keep_alive);
  ASSERT_NE(request.fields.find("x-a"), nullptr);
  EXPECT_EQ(request.fields.find("x-a")->value, "v");
}

TEST(RequestHead, HopByHopFieldsAndThoseThatConnectionNamesAreGone) {
  Arena arena;
  Request request;
  const std::string head =
      get("Host: a\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nTE: gzip\r\nUpgrade: h2c\r\nX-Kept: 1\r\n");
  ASSERT_EQ(rule_of(head, request, arena), "");
  EXPECT_FALSE(request.keep_alive);
  for (const char* name : {"X-Secret", "TE", "Upgrade", "Connection"})
    EXPECT_EQ(request.fields.find(name), nullptr) << name;
  EXPECT_NE(request.fields.find("X-Kept"), nullptr);
}

TEST(RequestHead, LimitsHoldAtTheirEdge) {
  const auto with_fields = [](int count) {
    std::string fields = "Host: a\r\n";
    for (int i = 1; i < count; ++i) fields += "X-" + std::to_string(i) + ": v\r\n";
    return get(fields);
  };
  EXPECT_EQ(rule_of(with_fields(100)), "");
  EXPECT_EQ(rule_of(with_fields(101)), "fields_limit");
  const auto with_target = [](std::size_t size) { return get("Host: a\r\n", "/" + std::string(size - 1, 'a')); };
  EXPECT_EQ(rule_of(with_target(8 * 1024)), "");
  EXPECT_EQ(rule_of(with_target(8 * 1024 + 1)), "target_limit");
  const auto with_head = [](std::size_t size) {
    const std::string rest = get("Host: a\r\nX: \r\n");
    return get("Host: a\r\nX: " + std::string(size - rest.size(), 'v') + "\r\n");
  };
  EXPECT_EQ(rule_of(with_head(60 * 1024)), "");
  EXPECT_EQ(rule_of(with_head(60 * 1024 + 1)), "head_limit");
}

TEST(HeadEnd, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = get("Host: a\r\n");
  HeadEnd end;
  for (std::size_t size = 1; size < head.size(); ++size) {
    const auto found = end.find(std::string_view(head).substr(0, size), 1000);
    ASSERT_TRUE(found);
    ASSERT_EQ(*found, HeadEnd::need_more) << size;
  }
  EXPECT_EQ(end.find(head + "body", 1000).value(), head.size());
}

TEST(ResponseHead, FramingFollowsMethodAndStatus) {
  Response response;
  const auto framing = [&](const std::string& head, Method method = Method::get) {
    EXPECT_TRUE(read_response_head(head, method, {}, response)) << head;
    return response.framing;
  };
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), Framing::length);
  EXPECT_EQ(framing("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n"), Framing::chunked);
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\n\r\n"), Framing::until_close);
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Method::head), Framing::none);
  EXPECT_EQ(framing("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"), Framing::none);
  for (const char* bad : {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                          "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/3 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n"}) {
    EXPECT_FALSE(read_response_head(bad, Method::get, {}, response)) << bad;
  }
}

}  // namespace
}  // namespace sallyport::http
