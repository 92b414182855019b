// The script in a real server of Redis, started here, against the state machines and the
// definitions of limit.hpp. Time is given to it instead of the server's clock.
#include "shared/counter_script.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <random>

#include "shared/testing/redis_server.hpp"

namespace sallyport::shared {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;

using Server = testing::RedisServer;

class CounterScript : public ::testing::Test {
 protected:
  static Server& server() {
    static Server one;
    return one;
  }
  void SetUp() override {
    ASSERT_TRUE(server().stands()) << "redis-server does not start: tools/setup installs it";
    server().ask({"FLUSHALL"});
    // The one line that reads the clock.
    std::string timed(counter_script());
    constexpr std::string_view clock = "redis.call('TIME')";
    const std::size_t at = timed.find(clock);
    ASSERT_NE(at, std::string::npos);
    timed.replace(at, clock.size(),
                  "{math.floor(redis.call('GET', 'now') / 1000000), redis.call('GET', 'now') % 1000000}");
    sha_ = server().ask({"SCRIPT", "LOAD", timed}).text;
    ASSERT_EQ(sha_.size(), 40u);
  }
  Grant at(std::int64_t now, const Ask& ask) {
    server().ask({"SET", "now", std::to_string(now)});
    std::string command;
    append_ask(command, sha_, counter_name("t:", ask.key), ask);
    const Reply reply = server().ask(command);
    EXPECT_NE(reply.kind, Reply::Kind::error) << reply.text;
    return read_grant(reply);
  }
  std::string sha_;
};

TEST_F(CounterScript, WindowsDecideAsTheStateMachinesDo) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same cases every time
  std::uint64_t key = 0;
  for (const std::uint32_t amount : {1u, 5u, 10u, 11u, 100u, 2000u}) {
    const Limit limit{Algorithm::window, amount, 10 * second, 1};
    LongCell cell;
    std::int64_t now = start;
    ++key;
    for (int i = 0; i < 400; ++i) {
      now += 1000 * static_cast<std::int64_t>(random() % (20'000 / amount + 2));
      const std::uint32_t cost = 1 + random() % 3;
      const Outcome expected = take(limit, cell, now, cost);
      const Grant got = at(now, {key, limit, cost, 0, 0});
      ASSERT_TRUE(got.answered);
      ASSERT_EQ(got.granted, expected.admitted ? cost : 0) << amount << " at " << now - start;
      if (expected.wait_us == Outcome::never_us) {
        ASSERT_EQ(got.wait_us, Outcome::never_us);
      } else {
        ASSERT_EQ(got.remaining, expected.remaining) << amount << " at " << now - start;
        ASSERT_NEAR(static_cast<double>(got.wait_us), static_cast<double>(expected.wait_us), 1000.0);
      }
    }
  }
}

TEST_F(CounterScript, ABucketNeverAdmitsMoreThanItsDefinition) {
  std::mt19937 random(2);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same cases every time
  const Limit limit{Algorithm::bucket, 100, 10 * second, 20};
  std::deque<std::pair<std::int64_t, std::uint32_t>> log;
  std::int64_t now = start;
  std::uint32_t admitted = 0;
  for (int i = 0; i < 1500; ++i) {
    now += static_cast<std::int64_t>(random() % 150'000);
    const std::uint32_t cost = 1 + random() % 4;
    if (at(now, {1, limit, cost, 0, 0}).granted == 0) continue;
    admitted += cost;
    log.emplace_back(now, cost);
    std::uint32_t sum = 0;
    for (auto one = log.rbegin(); one != log.rend(); ++one) {
      sum += one->second;
      ASSERT_LE(sum, 20 + 100.0 * static_cast<double>(now - one->first) / (10.0 * second) + 1e-3);
    }
  }
  EXPECT_GT(admitted, 0.9 * 100 * static_cast<double>(now - start) / (10.0 * second));
}

TEST_F(CounterScript, LotsShrinkWithWhatIsLeft) {
  const Limit limit{Algorithm::window, 1000, 60 * second, 1};
  EXPECT_EQ(at(start, {1, limit, 1, 50, 0}).granted, 20u);
  EXPECT_EQ(at(start, {1, limit, 1, 50, 0}).granted, 19u);
  std::uint32_t all = 39;
  Grant grant;
  while ((grant = at(start, {1, limit, 1, 50, 0})).granted != 0) all += grant.granted;
  EXPECT_EQ(all, 1000u);
  EXPECT_GT(grant.wait_us, 0);
  EXPECT_EQ(at(start, {1, limit, 1001, 50, 0}).wait_us, Outcome::never_us);
}

TEST_F(CounterScript, ABucketTakesBackAsTheStateMachineDoes) {
  const Limit limit{Algorithm::bucket, 10, 10 * second, 5};
  Ask all{1, limit, 5, 0, 0};
  Ask back{1, limit, 0, 0, 0, 2};
  EXPECT_EQ(at(start, all).granted, 5u);
  EXPECT_EQ(at(start, back).remaining, 2u);
  EXPECT_EQ(at(start, {1, limit, 2, 0, 0}).granted, 2u);
  EXPECT_EQ(at(start, {1, limit, 1, 0, 0}).granted, 0u);
  back.back = 100;
  EXPECT_EQ(at(start, back).remaining, 5u) << "never more than was in it";
  EXPECT_EQ(at(start, all).granted, 5u);
  EXPECT_EQ(at(start, {1, limit, 0, 0, 0}).remaining, 0u) << "a look takes nothing";
}

TEST_F(CounterScript, AQuotaEndsWithItsPeriod) {
  const Limit limit{Algorithm::quota, 2, 0, 1};
  const std::int64_t end = start + 100 * second;
  EXPECT_EQ(at(start, {1, limit, 1, 0, end}).granted, 1u);
  EXPECT_EQ(at(start, {1, limit, 1, 0, end}).granted, 1u);
  const Grant refused = at(start, {1, limit, 1, 0, end});
  EXPECT_EQ(refused.granted, 0u);
  EXPECT_EQ(refused.wait_us, 100 * second);
  // A node whose clock is behind asks for the old period, also when it has ended here.
  EXPECT_EQ(at(end + second, {1, limit, 1, 0, end}).granted, 0u);
  EXPECT_EQ(at(end + second, {1, limit, 1, 0, end + 100 * second}).granted, 1u);
  EXPECT_EQ(at(end + second, {1, limit, 1, 0, end}).granted, 1u);
  EXPECT_EQ(at(end + second, {1, limit, 1, 0, end}).granted, 0u);
}

TEST_F(CounterScript, AClockThatGoesBackOpensNothing) {
  std::uint64_t key = 0;
  for (const Limit& limit : {Limit{Algorithm::window, 5, 10 * second, 1}, Limit{Algorithm::window, 50, 10 * second, 1},
                             Limit{Algorithm::bucket, 50, 10 * second, 50}}) {
    ++key;
    std::uint32_t admitted = 0;
    for (int i = 0; i < 60; ++i) admitted += at(start, {key, limit, 1, 0, 0}).granted;
    EXPECT_EQ(admitted, limit.amount);
    for (const std::int64_t back : {5 * second, 3600 * second}) {
      EXPECT_EQ(at(start - back, {key, limit, 1, 0, 0}).granted, 0u) << key << " back by " << back;
    }
    EXPECT_EQ(at(start - 3600 * second + 25 * second, {key, limit, 1, 0, 0}).granted, 1u) << key;
  }
}

TEST_F(CounterScript, CountersExpire) {
  const Limit limit{Algorithm::window, 5, 10 * second, 1};
  static_cast<void>(at(start, {1, limit, 1, 0, 0}));
  const std::int64_t left = server().ask({"PTTL", counter_name("t:", 1)}).integer;
  EXPECT_GT(left, 9'000);
  EXPECT_LE(left, 10'001);
}

TEST_F(CounterScript, NodesCountThemselves) {
  const auto beat = [&](std::string_view id) {
    std::string command;
    append_heartbeat(command, "t:", id);
    return server().ask(command).integer;
  };
  EXPECT_EQ(beat("a"), 1);
  EXPECT_EQ(beat("b"), 2);
  EXPECT_EQ(beat("a"), 2);
  server().ask({"ZADD", heartbeat_name("t:"), "1000", "b"});  // silent since 1970
  EXPECT_EQ(beat("a"), 1);
}

TEST(CounterNames, AreOfOneLength) {
  EXPECT_EQ(counter_name("p:", 0), "p:0000000000000000");
  EXPECT_EQ(counter_name("p:", 0xabcdef), "p:0000000000abcdef");
  EXPECT_EQ(counter_name("p:", ~std::uint64_t{0}), "p:ffffffffffffffff");
}

TEST(CounterReplies, ThatAreNoneOfTheScriptAreNoAnswer) {
  Reply reply;
  EXPECT_FALSE(read_grant(reply).answered);
  reply.kind = Reply::Kind::error;
  EXPECT_FALSE(read_grant(reply).answered);
  reply.kind = Reply::Kind::list;
  reply.items.resize(4);
  EXPECT_FALSE(read_grant(reply).answered);
}

}  // namespace
}  // namespace sallyport::shared
