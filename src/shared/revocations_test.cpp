// What is revoked, for how long, and how nodes hear of it: of a store that is played here. The script itself in a real
// server: revocation_script_test.cpp.
#include "shared/revocations.hpp"

#include <gtest/gtest.h>

#include "shared/revocation_script.hpp"

namespace sallyport::shared {
namespace {

using Kind = Revocation::Kind;
constexpr std::int64_t now = 1'700'000'000;
constexpr std::int64_t second_us = 1'000'000;

Reply reply_of(std::initializer_list<std::string> texts) {
  Reply out;
  out.kind = Reply::Kind::list;
  for (const std::string& text : texts) {
    Reply item;
    item.kind = Reply::Kind::text;
    item.text = text;
    out.items.push_back(item);
  }
  return out;
}

TEST(Revocations, HoldUntilTheyEnd) {
  Revocations list;
  EXPECT_FALSE(list.any());
  EXPECT_FALSE(list.holds(Kind::token, "a", std::nullopt, now));
  ASSERT_TRUE(list.revoke({Kind::token, "a", now, now + 60}, now));
  EXPECT_TRUE(list.any());
  EXPECT_TRUE(list.holds(Kind::token, "a", std::nullopt, now));
  EXPECT_TRUE(list.holds(Kind::token, "a", now + 5, now + 59)) << "a token's own time changes nothing";
  EXPECT_FALSE(list.holds(Kind::token, "a", std::nullopt, now + 60));
  EXPECT_FALSE(list.holds(Kind::token, "b", std::nullopt, now));
  for (const Kind other : {Kind::subject, Kind::session, Kind::key}) {
    EXPECT_FALSE(list.holds(other, "a", std::nullopt, now)) << "kinds are apart";
  }
  EXPECT_TRUE(list.all(now + 60).empty());
}

TEST(Revocations, OfAUserNewTokensAreGood) {
  Revocations list;
  ASSERT_TRUE(list.revoke({Kind::subject, "u5", now, now + 600}, now));
  EXPECT_TRUE(list.holds(Kind::subject, "u5", now - 100, now + 1));
  EXPECT_TRUE(list.holds(Kind::subject, "u5", now, now + 1)) << "issued within the same second";
  EXPECT_FALSE(list.holds(Kind::subject, "u5", now + 1, now + 1));
  EXPECT_TRUE(list.holds(Kind::subject, "u5", std::nullopt, now + 1)) << "nobody knows when";
  ASSERT_TRUE(list.revoke({Kind::subject, "u5", now + 50, now + 500}, now + 50));
  EXPECT_TRUE(list.holds(Kind::subject, "u5", now + 50, now + 60)) << "the later order holds";
  EXPECT_TRUE(list.holds(Kind::subject, "u5", now, now + 599)) << "and the later end";
}

TEST(Revocations, BoundsAtNAndOneMore) {
  Revocations list;
  EXPECT_FALSE(list.revoke({Kind::token, "", now, now + 60}, now));
  EXPECT_TRUE(list.revoke({Kind::token, std::string(Revocations::max_value, 'x'), now, now + 60}, now));
  EXPECT_FALSE(list.revoke({Kind::token, std::string(Revocations::max_value + 1, 'x'), now, now + 60}, now));
  EXPECT_FALSE(list.holds(Kind::token, std::string(Revocations::max_value + 1, 'x'), std::nullopt, now));
  std::vector<Revocation> many;
  for (std::size_t i = 0; i < Revocations::max_entries; ++i)
    many.push_back({Kind::key, std::to_string(i), now, now + 60});
  EXPECT_EQ(list.learn(many, now), 1u) << "one was there";
  const auto full = list.revoke({Kind::token, "one more", now, now + 60}, now);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::limit);
  EXPECT_TRUE(list.revoke({Kind::token, "later", now + 61, now + 99}, now + 61)) << "what ended makes room";
}

TEST(Revocations, HoldAsLongAsTheLongestToken) {
  Revocations list;
  EXPECT_EQ(list.default_life(), 0);
  list.tokens_live(3600);
  list.tokens_live(600);
  EXPECT_EQ(list.default_life(), 3600);
  list.tokens_live(0);
  EXPECT_EQ(list.default_life(), Revocations::longest_s);
}

TEST(Revocations, NodesTellEachOther) {
  Revocations list;
  bool again = false;
  EXPECT_EQ(list.sharing(), Revocations::Sharing::alone);
  ASSERT_TRUE(list.revoke({Kind::session, "s:1", now, now + 60}, now));
  auto poll = list.begin_poll(now * second_us);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->known, 0);
  ASSERT_EQ(poll->news.size(), 1u);
  EXPECT_EQ(format_revocation(poll->news[0]), "session:1700000000:1700000060:s:1");
  EXPECT_FALSE(list.begin_poll(now * second_us + 500'000)) << "one at a time";
  ASSERT_TRUE(
      list.told(reply_of({"7", "session:1700000000:1700000060:s:1", "jti:1700000000:1700000099:b"}), now, again));
  EXPECT_FALSE(again);
  EXPECT_EQ(list.sharing(), Revocations::Sharing::together);
  EXPECT_EQ(list.untold(), 0u);
  EXPECT_TRUE(list.holds(Kind::token, "b", std::nullopt, now));
  EXPECT_FALSE(list.begin_poll(now * second_us + 100'000)) << "it was just asked";
  poll = list.begin_poll(now * second_us + 250'000);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->known, 7);
  EXPECT_TRUE(poll->news.empty()) << "what was learned there is not told again";
}

TEST(Revocations, WhatTheStoreDidNotTakeIsToldAgain) {
  Revocations list;
  bool again = false;
  ASSERT_TRUE(list.revoke({Kind::token, "a", now, now + 60}, now));
  ASSERT_TRUE(list.begin_poll(now * second_us));
  list.unanswered();
  EXPECT_EQ(list.sharing(), Revocations::Sharing::away);
  EXPECT_TRUE(list.holds(Kind::token, "a", std::nullopt, now)) << "what is known holds";
  auto poll = list.begin_poll((now + 1) * second_us);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->news.size(), 1u);
  // No answer at all, ever: after a second somebody else may ask.
  EXPECT_FALSE(list.begin_poll((now + 1) * second_us + 900'000));
  poll = list.begin_poll((now + 2) * second_us);
  ASSERT_TRUE(poll);
  Reply error;
  error.kind = Reply::Kind::error;
  EXPECT_FALSE(list.told(error, now, again));
  EXPECT_FALSE(list.told(reply_of({"x"}), now, again));
  EXPECT_FALSE(list.told(reply_of({}), now, again));
  EXPECT_EQ(list.untold(), 1u);
}

TEST(Revocations, AStoreThatLostEverythingHearsItAll) {
  Revocations list;
  bool again = false;
  ASSERT_TRUE(list.revoke({Kind::token, "a", now, now + 60}, now));
  ASSERT_TRUE(list.begin_poll(now * second_us));
  ASSERT_TRUE(list.told(reply_of({"7"}), now, again));
  ASSERT_TRUE(list.begin_poll((now + 1) * second_us));
  ASSERT_TRUE(list.told(reply_of({"-1"}), now, again));
  EXPECT_TRUE(again);
  const auto poll = list.begin_poll((now + 1) * second_us);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->known, 0);
  EXPECT_EQ(poll->news.size(), 1u);
}

TEST(Revocations, SixtyFourAtATime) {
  Revocations list;
  bool again = false;
  for (std::size_t i = 0; i <= Revocations::max_news; ++i) {
    ASSERT_TRUE(list.revoke({Kind::token, std::to_string(i), now, now + 60}, now));
  }
  auto poll = list.begin_poll(now * second_us);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->news.size(), Revocations::max_news);
  ASSERT_TRUE(list.told(reply_of({"7"}), now, again));
  EXPECT_TRUE(again);
  poll = list.begin_poll(now * second_us + 1);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->news.size(), 1u);
}

TEST(Revocations, EntriesAreReadStrictly) {
  for (const char* bad : {"", "jti", "jti:", "jti:1", "jti:1:2", "jti:1:2:", "jti:x:2:v", "jti:1:x:v", "user:1:2:v",
                          "jti:1:2v", ":1:2:v", "jti:99999999999999999999:2:v"}) {
    EXPECT_FALSE(parse_revocation(bad)) << bad;
  }
  EXPECT_EQ(parse_revocation("key:1:2:a:b"), (Revocation{Kind::key, "a:b", 1, 2}));
  EXPECT_TRUE(parse_revocation("key:1:2:" + std::string(Revocations::max_value, 'x')));
  EXPECT_FALSE(parse_revocation("key:1:2:" + std::string(Revocations::max_value + 1, 'x')));
}

}  // namespace
}  // namespace sallyport::shared
