// The script in a real server of Redis, started here.
#include "shared/revocation_script.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "shared/testing/redis_server.hpp"

namespace sallyport::shared {
namespace {

using Kind = Revocation::Kind;

class RevocationScript : public ::testing::Test {
 protected:
  static testing::RedisServer& server() {
    static testing::RedisServer one;
    return one;
  }
  void SetUp() override {
    ASSERT_TRUE(server().stands()) << "redis-server does not start: tools/setup installs it";
    server().ask({"FLUSHALL"});
  }
  RevocationNews poll(std::int64_t known, std::vector<Revocation> news = {}) {
    std::string command;
    append_poll(command, "t:", {known, std::move(news)});
    const Reply reply = server().ask(command);
    const auto read = read_revocations(reply);
    EXPECT_TRUE(read) << reply.text;
    return read.value_or(RevocationNews{});
  }
  const std::int64_t now = std::time(nullptr);
};

TEST_F(RevocationScript, WhatOneNodeTellsAnotherHearsOnce) {
  EXPECT_TRUE(poll(0).empty_store);
  const Revocation one{Kind::token, "a:b c", now, now + 60};
  const auto told = poll(0, {one});
  EXPECT_FALSE(told.empty_store);
  EXPECT_EQ(told.entries, std::vector{one});
  const auto heard = poll(0);
  EXPECT_EQ(heard.entries, std::vector{one});
  EXPECT_TRUE(poll(heard.version).entries.empty());
  const Revocation two{Kind::subject, "u", now, now + 60};
  poll(heard.version, {two});
  const auto last = poll(heard.version);
  EXPECT_EQ(last.entries, std::vector{two});
  EXPECT_TRUE(poll(last.version, {one}).entries.empty()) << "what it knows is not news again";
}

TEST_F(RevocationScript, ManyComeInParts) {
  for (int part = 0; part < 3; ++part) {
    std::vector<Revocation> some;
    for (int i = 0; i < 60; ++i) some.push_back({Kind::key, std::to_string(60 * part + i), now, now + 60});
    poll(0, some);
  }
  std::int64_t known = 0;
  std::vector<std::string> values;
  for (int round = 0; round < 3; ++round) {
    const auto news = poll(known);
    for (const Revocation& one : news.entries) values.push_back(one.value);
    EXPECT_EQ(news.entries.size(), round < 2 ? Revocations::max_news : 180 - 2 * Revocations::max_news);
    known = news.version;
  }
  ASSERT_EQ(values.size(), 180u);
  for (int i = 0; i < 180; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_TRUE(poll(known).entries.empty());
}

TEST_F(RevocationScript, WhatEndedIsForgotten) {
  poll(0, {{Kind::token, "ended", now - 60, now - 1}, {Kind::token, "good", now, now + 600}});
  EXPECT_EQ(poll(0).entries.size(), 1u);
  server().ask({"ZADD", "t:{revoked}:until", "5", format_revocation({Kind::token, "good", now, now + 600})});
  poll(0, {{Kind::token, "new", now, now + 600}});
  const auto left = poll(0).entries;
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].value, "new");
  EXPECT_EQ(server().ask({"ZCARD", "t:{revoked}:until"}).integer, 1);
}

TEST_F(RevocationScript, ItsKeysAreOfOneSlot) { EXPECT_EQ(revocations_name("sallyport:"), "sallyport:{revoked}"); }

}  // namespace
}  // namespace sallyport::shared
