#include "shared/resp.hpp"

#include <gtest/gtest.h>

namespace sallyport::shared {
namespace {

using Kind = Reply::Kind;

Reply good(std::string_view bytes) {
  Reply reply;
  std::size_t used = 0;
  EXPECT_EQ(read_reply(bytes, reply, used), RespRead::complete) << bytes;
  EXPECT_EQ(used, bytes.size());
  // Whatever is cut off, the rest is waited for.
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Reply part;
    EXPECT_EQ(read_reply(bytes.substr(0, i), part, used), RespRead::more) << bytes << " cut at " << i;
  }
  return reply;
}

bool malformed(std::string_view bytes) {
  Reply reply;
  std::size_t used = 0;
  return read_reply(bytes, reply, used) == RespRead::malformed;
}

TEST(Resp, EveryTypeOfBothVersions) {
  EXPECT_EQ(good("+OK\r\n").text, "OK");
  EXPECT_EQ(good("-NOSCRIPT No matching script\r\n").kind, Kind::error);
  EXPECT_EQ(good(":-42\r\n").integer, -42);
  EXPECT_EQ(good("$5\r\na\r\nbc\r\n").text, "a\r\nbc");
  EXPECT_EQ(good("$0\r\n\r\n").text, "");
  EXPECT_EQ(good("$-1\r\n").kind, Kind::null);
  EXPECT_EQ(good("*-1\r\n").kind, Kind::null);
  EXPECT_EQ(good("_\r\n").kind, Kind::null);
  EXPECT_EQ(good("#t\r\n").integer, 1);
  EXPECT_EQ(good("#f\r\n").integer, 0);
  EXPECT_EQ(good(",1.5\r\n").text, "1.5");
  EXPECT_EQ(good("(123456789012345678901234567890\r\n").text, "123456789012345678901234567890");
  EXPECT_EQ(good("!3\r\nERR\r\n").kind, Kind::error);
  EXPECT_EQ(good("=7\r\ntxt:abc\r\n").text, "txt:abc");
  EXPECT_EQ(good("%1\r\n+a\r\n:1\r\n").items.size(), 2u);
  EXPECT_EQ(good("~1\r\n:7\r\n").items[0].integer, 7);
  EXPECT_TRUE(good(">2\r\n+invalidate\r\n_\r\n").pushed);
  const Reply list = good("*3\r\n:1\r\n*1\r\n$1\r\nx\r\n-E\r\n");
  ASSERT_EQ(list.items.size(), 3u);
  EXPECT_EQ(list.items[1].items[0].text, "x");
}

TEST(Resp, ReadsOneReplyAndLeavesTheNext) {
  Reply reply;
  std::size_t used = 0;
  ASSERT_EQ(read_reply(":1\r\n:2\r\n", reply, used), RespRead::complete);
  EXPECT_EQ(used, 4u);
  EXPECT_EQ(reply.integer, 1);
}

TEST(Resp, WhatIsNoReplyIsRefused) {
  for (const char* bytes : {"?\r\n", "\r\n", ":\r\n", ":1x\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n", "#x\r\n", "_x\r\n",
                            "+a\rb\r\n", "$1\r\nab\r\n", ":99999999999999999999\r\n", "HTTP/1.1 400 Bad Request\r\n"}) {
    EXPECT_TRUE(malformed(bytes)) << bytes;
  }
}

TEST(Resp, BoundsHold) {
  const auto text = [](std::size_t size) {
    return "$" + std::to_string(size) + "\r\n" + std::string(size, 'a') + "\r\n";
  };
  EXPECT_FALSE(malformed(text(RespLimits::text)));
  EXPECT_TRUE(malformed(text(RespLimits::text + 1)));
  EXPECT_TRUE(malformed("+" + std::string(RespLimits::text + 1, 'a'))) << "a line without end";
  const auto list = [](std::size_t size) {
    std::string out = "*" + std::to_string(size) + "\r\n";
    for (std::size_t i = 0; i < size; ++i) out += "_\r\n";
    return out;
  };
  EXPECT_FALSE(malformed(list(RespLimits::items)));
  EXPECT_TRUE(malformed(list(RespLimits::items + 1)));
  const auto deep = [](unsigned depth) {
    std::string out;
    for (unsigned i = 0; i < depth; ++i) out += "*1\r\n";
    return out + ":1\r\n";
  };
  EXPECT_FALSE(malformed(deep(RespLimits::depth)));
  EXPECT_TRUE(malformed(deep(RespLimits::depth + 1)));
}

TEST(Resp, CommandsAreBulkStrings) {
  std::string out;
  append_command(out, {"SET", "k", "a\r\nb", ""});
  EXPECT_EQ(out, "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n$0\r\n\r\n");
}

TEST(Resp, RepliesArriveInPieces) {
  const std::string all = "+OK\r\n*2\r\n:1\r\n$3\r\nabc\r\n-ERR\r\n";
  for (std::size_t step = 1; step <= all.size(); ++step) {
    ReplyBuffer buffer;
    std::vector<Reply> seen;
    for (std::size_t at = 0; at < all.size(); at += step) {
      buffer.add(std::string_view(all).substr(at, step));
      Reply reply;
      while (buffer.next(reply) == RespRead::complete) seen.push_back(reply);
    }
    ASSERT_EQ(seen.size(), 3u) << step;
    EXPECT_EQ(seen[1].items.at(1).text, "abc");
    EXPECT_EQ(seen[2].kind, Kind::error);
    EXPECT_TRUE(buffer.empty());
  }
  ReplyBuffer buffer;
  buffer.add("+OK\r\n?\r\n");
  Reply reply;
  EXPECT_EQ(buffer.next(reply), RespRead::complete);
  EXPECT_FALSE(buffer.empty());
  EXPECT_EQ(buffer.next(reply), RespRead::malformed);
}

}  // namespace
}  // namespace sallyport::shared
