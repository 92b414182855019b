// A source by the clock: what is fetched when, who waits for it, and what a failure leaves.
#include "identity/key_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fetch/testing/scripted_server.hpp"
#include "identity/key_sources.hpp"
#include "jose/testing/signer.hpp"

namespace sallyport::identity {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

KeySource::Time at(int second) { return KeySource::Time(seconds(1000 + second)); }

const std::string& jwk() {
  static const std::string text = jose::testing::Signer::ec("P-256").jwk(R"("kid":"a")");
  return text;
}

class Source : public ::testing::Test {
 protected:
  Result<jose::KeySet> load() {
    ++fetches_;
    if (down_) return fail(ErrorCode::unavailable, "down");
    return jose::KeySet::parse(jwk());
  }
  void ask(int second) {
    source_.ask(at(second), [this](bool found, const std::string&) { replies_ += found ? '+' : '-'; });
  }
  bool down_ = false;
  int fetches_ = 0;
  std::string replies_;
  std::vector<std::string> told_;
  KeySource source_{{.issuer = "https://id.test"},
                    [this](const fetch::Interrupt&) { return load(); },
                    [this](const std::string& what) { told_.push_back(what); }};
};

TEST_F(Source, HasNoKeysBeforeItsFirstFetch) {
  EXPECT_EQ(source_.keys(), nullptr);
  source_.step(at(0));
  ASSERT_NE(source_.keys(), nullptr);
  EXPECT_EQ(source_.keys()->keys().size(), 1u);
}

TEST_F(Source, ManyWhoAskWaitForOneFetch) {
  source_.step(at(0));
  for (int i = 0; i < 100; ++i) ask(1);
  EXPECT_EQ(replies_, "");
  source_.step(at(1));
  EXPECT_EQ(replies_, std::string(100, '+'));
  EXPECT_EQ(fetches_, 2);
}

TEST_F(Source, WhoAsksWithinTheRestIsAnsweredAtOnce) {
  source_.step(at(0));
  ask(1);
  source_.step(at(1));
  ask(2);
  EXPECT_EQ(replies_, "+-");
  source_.step(at(2));
  EXPECT_EQ(fetches_, 2);
  ask(31);
  source_.step(at(31));
  EXPECT_EQ(replies_, "+-+");
  EXPECT_EQ(fetches_, 3);
}

TEST_F(Source, WhileTheIssuerIsDownKnownKeysGoOnAndFewFetchesAreTried) {
  source_.step(at(0));
  const auto keys = source_.keys();
  down_ = true;
  for (int second = 1; second <= 60; ++second) {
    ask(second);
    source_.step(at(second));
  }
  EXPECT_EQ(source_.keys(), keys);
  EXPECT_EQ(fetches_, 3);  // the start's, and two in sixty seconds
  EXPECT_FALSE(replies_.contains('+'));
  EXPECT_EQ(replies_.size(), 60u);
  down_ = false;
  source_.step(at(100));
  EXPECT_NE(source_.keys(), keys);
}

TEST_F(Source, AnOperatorHearsOnceOfFailureAndRecovery) {
  down_ = true;
  for (int second = 0; second < 100; second += 30) source_.step(at(second));
  down_ = false;
  source_.step(at(120));
  source_.step(at(1000));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("cannot be fetched"), HasSubstr("fetched again")));
}

TEST_F(Source, NoMoreWaitThanHaveRoom) {
  source_.step(at(0));
  for (std::size_t i = 0; i < KeySource::max_waiting; ++i) ask(1);
  EXPECT_EQ(replies_, "");
  ask(1);
  EXPECT_EQ(replies_, "-");
}

TEST(KeySource, WhoStillWaitsAtItsEndIsAnswered) {
  std::string replies;
  {
    KeySource source({.issuer = "i"}, [](const fetch::Interrupt&) { return fail(ErrorCode::internal, ""); }, {});
    source.ask(at(0), [&](bool found, const std::string&) { replies += found ? '+' : '-'; });
    EXPECT_EQ(replies, "");
  }
  EXPECT_EQ(replies, "-");
}

std::string served(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Result<jose::KeySet> fetched(const std::string& answer) {
  const fetch::testing::ScriptedServer server(answer);
  const KeyLocation location{.issuer = "i", .url = "http://127.0.0.1:" + server.port() + "/"};
  const fetch::Interrupt interrupt;
  return fetch_keys(location, *fetch::Client::make({}), interrupt);
}

TEST(FetchKeys, ASetOfPublicKeysIsTaken) {
  EXPECT_TRUE(fetched(served(jwk())));
  EXPECT_TRUE(fetched(served(R"({"keys":[)" + jwk() + "]}")));
}

TEST(FetchKeys, WhatIsNoGoodSetIsAFailure) {
  EXPECT_FALSE(fetched("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_FALSE(fetched(served("<html>")));
  EXPECT_FALSE(fetched(served(R"({"keys":[]})")));
  const auto secrets = jose::testing::Signer::secret(std::string(32, 'x')).jwk();
  const auto set = fetched(served(secrets));
  ASSERT_FALSE(set);
  EXPECT_THAT(set.error().message, HasSubstr("publishes secrets"));
}

std::string named(const std::string& issuer, const std::string& uri, std::vector<std::string> hosts = {}) {
  const KeyLocation location{.issuer = "https://id.test/realm", .hosts = std::move(hosts)};
  const auto url = keys_named_by(R"({"issuer":")" + issuer + R"(","jwks_uri":")" + uri + R"("})", location);
  return url ? url->text() : "refused";
}

TEST(Discovery, KeysAreAtTheIssuersOwnOriginOrAtHostsThatAreNamed) {
  const std::string self = "https://id.test/realm";
  EXPECT_EQ(named(self, "https://id.test/keys"), "https://id.test/keys");
  EXPECT_EQ(named(self, "https://keys.test/k"), "refused");
  EXPECT_EQ(named(self, "https://keys.test/k", {"keys.test"}), "https://keys.test/k");
  EXPECT_EQ(named(self, "https://keys.test:8443/k", {"keys.test"}), "refused");
  EXPECT_EQ(named(self, "https://id.test:8443/keys"), "refused");
  EXPECT_EQ(named(self, "http://localhost/keys", {"localhost"}), "refused");
  EXPECT_EQ(named(self, "https://169.254.169.254/"), "refused");
}

TEST(Discovery, AnotherIssuersDocumentIsRefused) {
  EXPECT_EQ(named("https://id.test/realm/", "https://id.test/keys"), "refused");
  EXPECT_EQ(named("https://other.test", "https://id.test/keys"), "refused");
  const KeyLocation location{.issuer = "https://id.test"};
  EXPECT_FALSE(keys_named_by("[]", location));
  EXPECT_FALSE(keys_named_by("nothing", location));
  EXPECT_FALSE(keys_named_by(R"({"issuer":"https://id.test"})", location));
  EXPECT_FALSE(keys_named_by(R"({"issuer":"https://id.test","jwks_uri":7})", location));
}

TEST(Discovery, NeedsAnIssuerThatIsAUrl) {
  EXPECT_FALSE(KeyLocation{.issuer = "https://id.test/realm"}.problem());
  EXPECT_TRUE(KeyLocation{.issuer = "urn:somebody"}.problem());
  EXPECT_TRUE(KeyLocation{.issuer = "https://id.test/?a=b"}.problem());
  EXPECT_TRUE(KeyLocation{.issuer = "http://id.test/"}.problem());
}

TEST(KeySources, OneLocationIsOneSourceAsLongAsSomebodyKeepsIt) {
  engine::Services services;
  auto& sources = services.part<KeySources>();
  const KeyLocation location{.issuer = "https://id.test"};
  auto kept = sources.get(location);
  EXPECT_EQ(sources.get(location).source, kept.source);
  EXPECT_EQ(sources.get(location).key, kept.key);
  EXPECT_NE(sources.get({.issuer = "https://other.test"}).source, kept.source);
  const std::string key = kept.key;
  const auto source = kept.source;
  EXPECT_TRUE(source->is_used());
  kept = {};
  EXPECT_FALSE(source->is_used());
  EXPECT_NE(sources.get(location).key, key);
}

TEST(KeySources, TheProviderAnswersForSourcesThatThereAre) {
  engine::Services services;
  auto& sources = services.part<KeySources>();
  const fetch::testing::ScriptedServer server(served(jwk()));
  const auto kept = sources.get({.issuer = "i", .url = "http://127.0.0.1:" + server.port() + "/"});
  EXPECT_TRUE(sources.start(seconds(10), {}).empty());
  ASSERT_NE(kept.source->keys(), nullptr);
  engine::Answerer* const provider = services.lookups().find(sources.provider());
  ASSERT_NE(provider, nullptr);
  std::string replies;
  for (const char* unknown : {"", "x", "999"}) {
    provider->ask(unknown, [&](bool found, const std::string&) { replies += found ? '+' : '-'; });
  }
  EXPECT_EQ(replies, "---");
}

TEST(KeySources, AStartSaysWhoseKeysAreMissing) {
  engine::Services services;
  auto& sources = services.part<KeySources>();
  const auto kept = sources.get({.issuer = "https://gone.test", .url = "http://127.0.0.1:1/"});
  const auto missing = sources.start(seconds(10), {});
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_THAT(missing[0].message, HasSubstr("https://gone.test"));
  EXPECT_EQ(kept.source->keys(), nullptr);
}

}  // namespace
}  // namespace sallyport::identity
