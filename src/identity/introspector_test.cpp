// What is asked, how often, and what is remembered, by a server that the test plays.
#include "identity/introspector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fetch/form.hpp"
#include "fetch/testing/scripted_server.hpp"

namespace sallyport::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Form, EncodesWhatIsNotPlain) {
  std::string text;
  fetch::append_form(text, std::string_view("aZ09-._~ +&=%/\x80\0", 16));
  EXPECT_EQ(text, "aZ09-._~%20%2B%26%3D%25%2F%80%00");
  EXPECT_EQ(fetch::client_authorization("a:b", "c d"), "Basic YSUzQWI6YyUyMGQ=");
}

class IntrospectorTest : public ::testing::Test {
 protected:
  void ask(const std::string& token) {
    introspector_.ask(token, [this, token](bool found, const std::string& text) {
      replies_.push_back(token + (found ? "+" + text : "-"));
    });
  }
  std::vector<std::string> asked_;
  std::vector<std::string> replies_;
  std::string answer_ = R"({"active":true})";
  bool down_ = false;
  Introspector introspector_{{.keep = std::chrono::seconds(30)},
                             [this](const std::string& token, const fetch::Interrupt&) -> Result<std::string> {
                               asked_.push_back(token);
                               if (down_) return fail(ErrorCode::unavailable, "down");
                               return answer_;
                             }};
};

TEST_F(IntrospectorTest, WhoAsksForTheSameTokenWaitsForOneAnswer) {
  ask("a");
  ask("a");
  ask("b");
  EXPECT_TRUE(introspector_.step(100));
  EXPECT_THAT(replies_, ElementsAre("a+" + answer_, "a+" + answer_));
  EXPECT_TRUE(introspector_.step(100));
  EXPECT_FALSE(introspector_.step(100));
  EXPECT_THAT(asked_, ElementsAre("a", "b"));
}

TEST_F(IntrospectorTest, AnAnswerHoldsForItsTime) {
  ask("a");
  EXPECT_EQ(introspector_.known("a", 100), nullptr);
  introspector_.step(100);
  ASSERT_NE(introspector_.known("a", 129), nullptr);
  EXPECT_EQ(*introspector_.known("a", 129), answer_);
  EXPECT_EQ(introspector_.known("a", 130), nullptr);
  EXPECT_EQ(introspector_.known("b", 100), nullptr);
}

TEST_F(IntrospectorTest, AtMostToTheTokensEnd) {
  answer_ = R"({"active":true,"exp":110})";
  ask("a");
  introspector_.step(100);
  EXPECT_NE(introspector_.known("a", 109), nullptr);
  EXPECT_EQ(introspector_.known("a", 110), nullptr);
  answer_ = R"({"active":false})";
  ask("b");
  introspector_.step(100);
  EXPECT_NE(introspector_.known("b", 129), nullptr) << "that a token is not good is remembered too";
}

TEST_F(IntrospectorTest, WhatFailedIsNotRemembered) {
  down_ = true;
  ask("a");
  introspector_.step(100);
  EXPECT_THAT(replies_, ElementsAre("a-"));
  EXPECT_EQ(introspector_.known("a", 100), nullptr);
  down_ = false;
  ask("a");
  introspector_.step(100);
  EXPECT_THAT(replies_, ElementsAre("a-", "a+" + answer_));
}

TEST_F(IntrospectorTest, QueueAndWaitersAndAnswersHaveLimits) {
  for (std::size_t i = 0; i < Introspector::max_queue; ++i) ask(std::to_string(i));
  EXPECT_TRUE(replies_.empty());
  ask("more");
  EXPECT_THAT(replies_, ElementsAre("more-"));
  for (std::size_t i = Introspector::max_queue; i < Introspector::max_waiting; ++i) ask("0");
  EXPECT_EQ(replies_.size(), 1u);
  ask("0");
  EXPECT_EQ(replies_.back(), "0-");
  while (introspector_.step(100)) {
  }
  for (std::size_t i = Introspector::max_queue; i <= Introspector::max_answers; ++i) {
    ask("t" + std::to_string(i));
    introspector_.step(100);
  }
  EXPECT_EQ(introspector_.known("0", 100), nullptr) << "the oldest went";
  EXPECT_NE(introspector_.known("1", 100), nullptr);
}

TEST(Introspectors, AskARealServerByTheNumberOfTheirPoint) {
  engine::Services services;
  auto& all = services.part<Introspectors>();
  const fetch::testing::ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"active\":true}",
                                              fetch::testing::ScriptedServer::After::hold);
  const IntrospectionPoint point{
      .url = "http://127.0.0.1:" + server.port() + "/introspect", .client = "gateway", .secret = {"s p", ""}};
  const auto kept = all.get(point);
  EXPECT_EQ(all.get(point).introspector, kept.introspector);
  all.start();
  std::mutex mutex;
  std::condition_variable done;
  std::string said;
  services.lookups().find(all.provider())->ask(kept.number + " a b", [&](bool, std::string text) {
    const std::lock_guard lock(mutex);
    said = std::move(text);
    done.notify_all();
  });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(done.wait_for(lock, std::chrono::seconds(20), [&] { return !said.empty(); }));
  EXPECT_EQ(said, R"({"active":true})");
  EXPECT_THAT(server.heard(), HasSubstr("POST /introspect HTTP/1.1\r\n"));
  EXPECT_THAT(server.heard(), HasSubstr("Authorization: Basic Z2F0ZXdheTpzJTIwcA==\r\n"));
  EXPECT_THAT(server.heard(), HasSubstr("Content-Length: 40\r\n"));
}

TEST(Introspectors, AnswerNothingForWhatThereIsNot) {
  engine::Services services;
  auto& all = services.part<Introspectors>();
  std::string replies;
  for (const char* key : {"", "1", "1 ", "7 token", "x"}) {
    services.lookups().find(all.provider())->ask(key, [&](bool found, const std::string&) {
      replies += found ? '+' : '-';
    });
  }
  EXPECT_EQ(replies, "-----");
}

}  // namespace
}  // namespace sallyport::identity
