#include "replay/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::replay {
namespace {

using How = Explained::Said::How;
using ::testing::HasSubstr;

assembly::Assembled policy(const std::string& access) {
  const auto parsed = document::parse(
      "version: 1\n"
      "listen: [{ address: 127.0.0.1:0, cleartext: true }]\n"
      "apis:\n"
      "  - { name: shop, hosts: [shop.example], upstream: http://127.0.0.1:1, max_body: 100B, access: " +
          access + " }\n",
      "test");
  config::Report report;
  auto made = assembly::assemble(parsed.value().root(), 1, std::make_shared<engine::Services>(), report);
  EXPECT_TRUE(made) << report.text();
  return std::move(made).value();
}

Asked get(const std::string& target) { return {"GET", target, {}, {}, {}, {}}; }

const Explained::Said* said_by(const Explained& explained, std::string_view control) {
  for (const auto& one : explained.steps) {
    if (one.control == control) return &one;
  }
  return nullptr;
}

TEST(Explain, SaysWhatEachControlSays) {
  const auto shop = policy("[{ action: deny, paths: /admin/** }]");
  const auto denied = explain(shop, get("/admin/x"), {1});
  ASSERT_TRUE(denied) << denied.error().text();
  EXPECT_EQ(denied->host, "shop.example");
  EXPECT_EQ(denied->status, 403);
  EXPECT_EQ(denied->control, "access");
  ASSERT_NE(said_by(*denied, "access"), nullptr);
  EXPECT_EQ(said_by(*denied, "access")->how, How::denied);
  EXPECT_EQ(said_by(*denied, "rate_limit")->how, How::not_asked);
  const std::string text = text_of(*denied);
  EXPECT_THAT(text, HasSubstr("API       shop\nroute     everything under /, without a specification\n"));
  EXPECT_THAT(text, HasSubstr("ends      with 403, by access: "));

  const auto good = explain(shop, get("/x/../y"), {1});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->path, "/y");
  EXPECT_EQ(good->status, 0);
  EXPECT_EQ(said_by(*good, "access")->how, How::passed);
  EXPECT_THAT(text_of(*good), HasSubstr("ends      at the API\n"));
}

TEST(Explain, ObservedDenialsAreNoEnd) {
  const auto shop = policy("{ mode: observe, rules: [{ action: deny, paths: /** }] }");
  const auto explained = explain(shop, get("/"), {1});
  ASSERT_TRUE(explained);
  EXPECT_EQ(said_by(*explained, "access")->how, How::would_deny);
  EXPECT_EQ(explained->status, 0);
  EXPECT_THAT(text_of(*explained), HasSubstr("(observe)"));
}

TEST(Explain, RequestsWithoutApi) {
  const auto shop = policy("[{ action: deny, paths: /admin/** }]");
  Asked asked = get("/");
  asked.host = "other.example";
  const auto explained = explain(shop, asked, {1});
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->api, "");
  EXPECT_EQ(explained->status, 404);
  EXPECT_EQ(explained->control, "unknown_operation");
}

TEST(Explain, WhatEveryDriverRefuses) {
  const auto shop = policy("[{ action: deny, paths: /admin/** }]");
  Asked asked = get("/");
  asked.method = "POST";
  asked.body = std::string(101, 'x');
  const auto longer = explain(shop, asked, {1});
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->status, 413);
  EXPECT_EQ(longer->control, "http");
  EXPECT_TRUE(longer->steps.empty());
  asked.body->pop_back();
  EXPECT_EQ(explain(shop, asked, {1})->status, 0);
  asked.host = "shop.example:8443";  // the name that TLS asked for has no port
  EXPECT_EQ(explain(shop, asked, {1})->status, 0);
}

TEST(Explain, WhatNoClientCanSendIsAnError) {
  const auto shop = policy("[{ action: deny, paths: /admin/** }]");
  EXPECT_FALSE(explain(shop, get("/a b"), {1}));
  EXPECT_FALSE(explain(shop, get("a"), {1}));
  Asked asked = get("/");
  asked.fields = {{"X", "a\r\n\r\nGET / HTTP/1.1"}};
  EXPECT_FALSE(explain(shop, asked, {1}));
  asked.fields = {{"X", "a\r\nY: b"}};  // two fields, as a client could send them
  EXPECT_TRUE(explain(shop, asked, {1}));
}

}  // namespace
}  // namespace sallyport::replay
