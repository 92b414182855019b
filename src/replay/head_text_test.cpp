#include "replay/head_text.hpp"

#include <gtest/gtest.h>

namespace sallyport::replay {
namespace {

TEST(HeadText, IsWhatAClientWrites) {
  HeadText head;
  head.request_line("GET", "/orders?limit=2", "HTTP/1.1");
  head.field("Host", "api.example");
  head.field("Accept", "");
  const auto text = std::move(head).finish();
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "GET /orders?limit=2 HTTP/1.1\r\nHost: api.example\r\nAccept: \r\n\r\n");
}

TEST(HeadText, AnswersHaveAStatusLine) {
  HeadText head;
  head.status_line(404);
  head.field("Content-Length", "0");
  EXPECT_EQ(*std::move(head).finish(), "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n");
}

std::string_view refusal(std::string_view target, std::string_view name, std::string_view value) {
  HeadText head;
  head.request_line("GET", target, "HTTP/1.1");
  head.field(name, value);
  const auto text = std::move(head).finish();
  return text ? std::string_view{"written"} : text.error().rule;
}

TEST(HeadText, NothingBecomesASecondLine) {
  EXPECT_EQ(refusal("/", "Host", "a"), "written");
  EXPECT_EQ(refusal("/\r\nX: y", "Host", "a"), "request_line");
  EXPECT_EQ(refusal("/", "Host\nX", "a"), "field_name");
  EXPECT_EQ(refusal("/", "Host: a\r\nX", "a"), "field_name");
  EXPECT_EQ(refusal("/", "X:Y", "a"), "field_name");
  EXPECT_EQ(refusal("/", "Host", "a\r\nX: y"), "field_value");
  EXPECT_EQ(refusal("/", "Host", "a\rb"), "field_value");
  EXPECT_EQ(refusal("/\n", "X:Y", "\n"), "request_line") << "the first fault is the one that is told";
}

}  // namespace
}  // namespace sallyport::replay
