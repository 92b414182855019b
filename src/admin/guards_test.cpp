#include "admin/guards.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "admin/login_limiter.hpp"
#include "admin/sessions.hpp"
#include "base/address.hpp"

namespace sallyport::admin {
namespace {

using std::chrono::seconds;

TEST(HostIsOurs, LoopbackNamesAndGivenOnes) {
  const std::vector<std::string> names{"admin.test"};
  for (const char* host : {"localhost", "LOCALHOST:9443", "127.0.0.1", "127.0.0.1:1", "127.9.9.9:80", "[::1]",
                           "[::1]:9443", "admin.test", "Admin.Test:443"}) {
    EXPECT_TRUE(host_is_ours(host, names)) << host;
  }
  for (const char* host : {"", ":80", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "10.0.0.1", "[::2]",
                           "[::1", "::1", "[127.0.0.1]", "localhost:80@evil.test", "localhost:8x", "[::1]x"}) {
    EXPECT_FALSE(host_is_ours(host, names)) << host;
  }
}

TEST(SameOrigin, PostsNeedTheMarkAndOurOrigin) {
  Ask ask;
  ask.method = "POST";
  ask.host = "localhost:9443";
  EXPECT_FALSE(same_origin(ask));
  ask.mark = "1";
  EXPECT_TRUE(same_origin(ask));
  ask.origin = "http://localhost:9443";
  EXPECT_TRUE(same_origin(ask));
  for (const char* origin : {"http://localhost:3000", "http://evil.test", "null", "https://localhost:9443"}) {
    ask.origin = origin;
    EXPECT_FALSE(same_origin(ask)) << origin;
  }
  ask.origin = "";
  for (const char* site : {"cross-site", "same-site", "none"}) {
    ask.fetch_site = site;
    EXPECT_FALSE(same_origin(ask)) << site;
  }
  ask.fetch_site = "same-origin";
  EXPECT_TRUE(same_origin(ask));
}

TEST(SameOrigin, ReadsMayBeTypedButNotCrossSite) {
  Ask ask;
  ask.method = "GET";
  EXPECT_TRUE(same_origin(ask));
  ask.fetch_site = "none";
  EXPECT_TRUE(same_origin(ask));
  ask.fetch_site = "same-site";
  EXPECT_FALSE(same_origin(ask));
}

TEST(CookieValue, ExactName) {
  EXPECT_EQ(cookie_value("a=1; sid=2; b=3", "sid"), "2");
  EXPECT_EQ(cookie_value("xsid=1;sid=2", "sid"), "2");
  EXPECT_EQ(cookie_value("sid", "sid"), "");
  EXPECT_EQ(cookie_value(";;", "sid"), "");
}

TEST(LoginLimiterTest, FiveFreeFailuresThenGrowingDelays) {
  LoginLimiter limiter;
  const Address peer = *parse_address("192.0.2.1");
  Instant now{};
  for (int i = 0; i < 4; ++i) limiter.failed(peer, now);
  EXPECT_EQ(limiter.wait(peer, now), seconds(0));
  limiter.failed(peer, now);
  EXPECT_EQ(limiter.wait(peer, now), seconds(2));
  EXPECT_EQ(limiter.wait(*parse_address("192.0.2.2"), now), seconds(0));
  now += seconds(2);
  EXPECT_EQ(limiter.wait(peer, now), seconds(0));
  limiter.failed(peer, now);
  EXPECT_EQ(limiter.wait(peer, now), seconds(4));
  for (int i = 0; i < 40; ++i) limiter.failed(peer, now);
  EXPECT_EQ(limiter.wait(peer, now), max_login_delay);
  limiter.succeeded(peer);
  EXPECT_EQ(limiter.wait(peer, now), seconds(0));
}

TEST(LoginLimiterTest, LoopbackIsOnePeerAndTheTableIsBounded) {
  LoginLimiter limiter(2);
  const Instant now{};
  for (const char* text : {"127.0.0.1", "127.0.0.2", "127.3.0.1", "::1", "127.0.0.1"})
    limiter.failed(*parse_address(text), now);
  EXPECT_EQ(limiter.size(), 1u);
  EXPECT_GT(limiter.wait(*parse_address("127.9.9.9"), now), seconds(0));
  limiter.failed(*parse_address("2001:db8::1"), now + seconds(1));
  limiter.failed(*parse_address("2001:db8::2"), now + seconds(1));
  EXPECT_EQ(limiter.size(), 2u);
  limiter.failed(*parse_address("192.0.2.1"), now + seconds(2));
  EXPECT_EQ(limiter.size(), 2u);
  EXPECT_EQ(limiter.wait(*parse_address("127.0.0.1"), now), seconds(0)) << "the oldest made room";
}

TEST(SessionsTest, EndByIdlenessAgeAndLogout) {
  Sessions sessions;
  const Instant start{};
  const std::string token = *sessions.start(start);
  EXPECT_EQ(token.size(), 43u);
  EXPECT_FALSE(sessions.use("", start));
  EXPECT_FALSE(sessions.use(std::string(43, 'A'), start));
  EXPECT_TRUE(sessions.use(token, start + session_idle - seconds(1)));
  EXPECT_FALSE(sessions.use(token, start + 2 * session_idle));

  const std::string busy = *sessions.start(start);
  Instant now = start;
  for (; now < start + session_life; now += seconds(1800)) EXPECT_TRUE(sessions.use(busy, now));
  EXPECT_FALSE(sessions.use(busy, now)) << "in use, but too old";

  const std::string left = *sessions.start(start);
  sessions.end(left);
  EXPECT_FALSE(sessions.use(left, start));
}

TEST(SessionsTest, OneMoreTakesThePlaceOfTheLeastUsed) {
  Sessions sessions(2);
  const Instant now{};
  const std::string a = *sessions.start(now);
  const std::string b = *sessions.start(now + seconds(1));
  EXPECT_TRUE(sessions.use(a, now + seconds(2)));
  const std::string c = *sessions.start(now + seconds(3));
  EXPECT_EQ(sessions.size(), 2u);
  EXPECT_FALSE(sessions.use(b, now + seconds(3)));
  EXPECT_TRUE(sessions.use(a, now + seconds(3)));
  EXPECT_TRUE(sessions.use(c, now + seconds(3)));
}

}  // namespace
}  // namespace sallyport::admin
