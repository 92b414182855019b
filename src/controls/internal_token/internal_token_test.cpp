// What an API is told of who calls, by the API's own means: the published keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "base/testing/scratch_folder.hpp"
#include "config/report.hpp"
#include "decode/value.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "identity/minting_keys.hpp"
#include "jose/claims.hpp"
#include "jose/jws.hpp"
#include "jose/key_set.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::internal_token {

const engine::Descriptor& descriptor();

namespace {

using ::testing::HasSubstr;
constexpr std::int64_t now = 1'700'000'000;

// Stands for authentication: the call is this actor's.
class Says final : public Control {
 public:
  explicit Says(const Actor& actor) : actor_(actor) {}
  Phases phases() const override { return {Phase::request_head}; }
  Verdict on_request_head(const Context& context) const override {
    context.set_actor(actor_);
    return Pass{};
  }

 private:
  const Actor& actor_;
};

class InternalTokenTest : public ::testing::Test {
 protected:
  std::string compile(const std::string& section) {
    config::Report report;
    const auto parsed = document::parse(section, "test");
    auto api = std::make_unique<Api>();
    api->name = "shop";
    api->hosts = {"*"};
    api->base_path = "/";
    auto compiled = descriptor().compile(&parsed->root(), {api.get(), &services_, nullptr, {}}, report);
    if (!compiled) return report.text();
    policy_ = std::make_unique<Policy>();
    policy_->router = std::make_shared<const Router>(Router::build({api.get()}).value());
    policy_->apis.push_back(std::move(api));
    policy_->pipelines.emplace_back(
        std::vector<Step>{{"says", std::make_shared<const Says>(actor_), Mode::enforce, OnError::deny, 0, {}},
                          {"internal_token", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
    return report.text();
  }
  std::string section(const std::string& more = {}) {
    return "{ issuer: 'https://gate.test', key_file: " + folder_.file("keys.json") + more + " }";
  }
  // The field as the API gets it, or what the client gets instead.
  std::string sent(const char* field = "X-Sallyport-Token", const std::string& lines = {}) {
    head_ = "GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
    EXPECT_TRUE(parse_request(head_, false, transaction_.fresh_arena(), request_));
    transaction_.begin(*policy_, connection_, request_, Clock{now * 1'000'000});
    const Verdict verdict = transaction_.request_head();
    if (const auto* deny = std::get_if<Deny>(&verdict)) return std::to_string(deny->problem.status);
    const Field* found = request_.fields.find(field);
    return found == nullptr ? "" : std::string(found->value);
  }
  static Actor ada() {
    Actor actor;
    actor.how = Authentication::jwt;
    actor.subject = "ada";
    return actor;
  }
  void start() { ASSERT_TRUE(services_.part<identity::MintingKeys>().turn(now)); }
  // The claims, when the published keys verify it.
  std::string claims_of(const std::string& token) {
    const auto jws = jose::read_jws(token, arena_);
    if (!jws) return std::string("no token: ") + std::string(jws.error().rule);
    const auto keys = jose::KeySet::parse(services_.part<identity::MintingKeys>().jwks());
    const auto match = keys->verify(jws->algorithm, jws->key_id, jws->signing_input, jws->signature);
    return match == jose::KeySet::Match::good ? std::string(jws->payload) : "not ours";
  }

  ScratchFolder folder_;
  engine::Services services_;
  Actor actor_;
  std::unique_ptr<Policy> policy_;
  std::string head_;
  Connection connection_;
  Request request_;
  Transaction transaction_;
  Arena arena_;
};

TEST_F(InternalTokenTest, TellsWhoCallsToThatApiForAMinute) {
  const std::string_view scopes[] = {"a", "b:c"};
  const std::string_view roles[] = {"x\"y"};
  actor_ = ada();
  actor_.issuer = "https://id.test";
  actor_.client = "app";
  actor_.tenant = "acme";
  actor_.scopes = scopes;
  actor_.roles = roles;
  ASSERT_EQ(compile(section()), "");
  start();
  const std::string claims = claims_of(sent());
  EXPECT_THAT(claims,
              HasSubstr(R"({"iss":"https://gate.test","aud":"shop","iat":1700000000,"exp":1700000060,"jti":")"));
  EXPECT_THAT(
      claims,
      HasSubstr(
          R"(","sub":"ada","client_id":"app","idp":"https://id.test","tenant":"acme","scope":"a b:c","roles":["x\"y"]})"));
  EXPECT_NE(claims_of(sent()), claims) << "each has an id of its own";
}

TEST_F(InternalTokenTest, AnApplicationActsForItself) {
  actor_.how = Authentication::api_key;
  actor_.client = "partner";
  ASSERT_EQ(compile(section(", audience: stock, lifetime: 5s")), "");
  start();
  const std::string claims = claims_of(sent());
  EXPECT_THAT(claims, HasSubstr(R"("aud":"stock","iat":1700000000,"exp":1700000005,)"));
  EXPECT_THAT(claims, HasSubstr(R"("sub":"partner","client_id":"partner"})"));
}

TEST_F(InternalTokenTest, OfNobodyNothingIsSaidAndNothingForgedIsPassedOn) {
  ASSERT_EQ(compile(section()), "");
  start();
  EXPECT_EQ(sent("X-Sallyport-Token", "X-Sallyport-Token: forged\r\n"), "");
  actor_ = ada();
  EXPECT_THAT(claims_of(sent("X-Sallyport-Token", "X-Sallyport-Token: forged\r\n")), HasSubstr("ada"));
}

TEST_F(InternalTokenTest, CanBeTheBearerOfTheCall) {
  actor_ = ada();
  ASSERT_EQ(compile(section(", header: Authorization")), "");
  start();
  const std::string value = sent("Authorization", "Authorization: Bearer of-the-client\r\n");
  ASSERT_TRUE(value.starts_with("Bearer "));
  EXPECT_THAT(claims_of(value.substr(7)), HasSubstr("ada"));
}

TEST_F(InternalTokenTest, WithoutAKeyNothingGoesOn) {
  actor_ = ada();
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(sent(), "500");
}

TEST_F(InternalTokenTest, WithoutASectionNothingIsDone) {
  actor_ = ada();
  ASSERT_EQ(compile("{}"), "");
  EXPECT_EQ(sent(), "");
  EXPECT_FALSE(std::filesystem::exists(folder_.file("keys.json")));
}

TEST_F(InternalTokenTest, AConfigurationThatContradictsItselfIsRefused) {
  EXPECT_THAT(compile("{ issuer: a }"), HasSubstr("need each other"));
  EXPECT_THAT(compile("{ key_file: a }"), HasSubstr("need each other"));
  for (const char* name : {"X-User", "X-Sallyport-", "Cookie", "'X-Sallyport-A b'", "X_Sallyport_A", "''"}) {
    EXPECT_THAT(compile(section(std::string(", header: ") + name)), HasSubstr("could forge")) << name;
  }
}

}  // namespace
}  // namespace sallyport::controls::internal_token
