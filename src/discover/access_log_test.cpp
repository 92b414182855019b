#include "discover/access_log.hpp"

#include <gtest/gtest.h>

namespace sallyport::discover {
namespace {

std::string text(std::string_view line) {
  const auto read = parse_text_line(line);
  return read ? std::string(read->method) + " " + std::string(read->target) + " " + std::to_string(read->status)
              : "none";
}

std::string json(std::string_view line) {
  Arena arena;
  const auto read = parse_json_line(line, arena);
  return read ? std::string(read->method) + " " + std::string(read->target) + " " + std::to_string(read->status)
              : "none";
}

TEST(AccessLog, Combined) {
  EXPECT_EQ(text(R"(203.0.113.7 - ana [24/Nov/2026:10:00:00 +0000] "GET /a/17?b=1 HTTP/1.1" 200 512 "-" "curl/8")"),
            "GET /a/17?b=1 200");
  EXPECT_EQ(text(R"(203.0.113.7 - - [24/Nov/2026:10:00:00 +0000] "POST /a\x22b HTTP/1.1" 404 0)"), "POST /a\\x22b 404");
  EXPECT_EQ(text(R"(203.0.113.7 - - [x] "GET /a\"b HTTP/1.1" 200 0)"), "GET /a\\\"b 200") << "Apache's quote";
}

TEST(AccessLog, EnvoyAndAlb) {
  EXPECT_EQ(text(R"([2026-11-24T10:00:00.000Z] "GET /a HTTP/2" 503 UF 0 91 3 - "-" "curl")"), "GET /a 503");
  EXPECT_EQ(text(R"(https 2026-11-24T10:00:00.1Z app/lb/50d 203.0.113.7:2817 10.0.0.1:80 0.1 0.2 0.3 201 201 34 366 )"
                 R"("POST https://api.example.com:443/a?x=1 HTTP/1.1" "curl" ECDHE TLSv1.2)"),
            "POST https://api.example.com:443/a?x=1 201");
}

TEST(AccessLog, WhatIsNoRequestIsNone) {
  for (const char* line : {"", "-", "\"", "\"\"", R"(1.2.3.4 - - [x] "\x16\x03\x01" 400 0)",
                           R"(1.2.3.4 - - [x] "-" 408 0)", R"(1.2.3.4 - - [x] "get /a HTTP/1.1" 200 0)",
                           R"(1.2.3.4 - - [x] "GET" 200 0)", R"(1.2.3.4 - - [x] "GET /a HTTP/1.1)"}) {
    EXPECT_EQ(text(line), "none") << line;
  }
}

TEST(AccessLog, AStatusThatIsNoneIsNotInvented) {
  EXPECT_EQ(text(R"(1.2.3.4 - - [x] "GET /a HTTP/1.1" - 0)"), "GET /a 0");
  EXPECT_EQ(text(R"(1.2.3.4 - - [x] "GET /a HTTP/1.1" 20x 0)"), "GET /a 0");
  EXPECT_EQ(text(R"(1.2.3.4 - - [x] "GET /a HTTP/1.1" 600 0)"), "GET /a 0");
}

TEST(AccessLog, JsonByTheNamesThatAreInUse) {
  EXPECT_EQ(json(R"({"request_method":"GET","request_uri":"/a?b","status":"200"})"), "GET /a?b 200");
  EXPECT_EQ(json(R"({"method":"PUT","path":"/a","response_code":204})"), "PUT /a 204");
  EXPECT_EQ(json(R"({"request":"GET /a HTTP/1.1","status":301})"), "GET /a 301");
  EXPECT_EQ(json(R"({"http":{"request":{"method":"GET"},"response":{"status_code":500}},"url":{"path":"/a"}})"),
            "GET /a 500");
  EXPECT_EQ(json(R"({"http.request.method":"GET","url.original":"http://x/a","http.response.status_code":200})"),
            "GET http://x/a 200");
  for (const char* line :
       {"", "{}", "[]", "7", R"({"method":"GET"})", R"({"method":"get","path":"/a"})", R"({"method":{},"path":[]})"}) {
    EXPECT_EQ(json(line), "none") << line;
  }
}

TEST(AccessLog, Targets) {
  const auto parts = [](std::string_view target) {
    const auto split = split_target(target);
    return split ? std::string(split->path) + "|" + std::string(split->query) : "none";
  };
  EXPECT_EQ(parts("/a?b=1?c#d"), "/a|b=1?c");
  EXPECT_EQ(parts("https://x:443/a?b"), "/a|b");
  EXPECT_EQ(parts("https://x"), "/|");
  EXPECT_EQ(parts("https://x?b=/c"), "/|b=/c");
  EXPECT_EQ(parts("/a?u=http://x/y"), "/a|u=http://x/y");
  EXPECT_EQ(parts("*"), "*|");
  EXPECT_EQ(parts("example.com:443"), "none");
}

}  // namespace
}  // namespace sallyport::discover
