// Upstreams as a configuration makes them: targets of names, what is kept from one to the next, who waits.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <map>

#include "gateway/build_upstream.hpp"
#include "gateway/name_watch.hpp"
#include "gateway/task.hpp"
#include "gateway/upstream_pool.hpp"
#include "gateway/upstream_view.hpp"
#include "gateway/waiting_line.hpp"

namespace sallyport::gateway {
namespace {

using namespace std::chrono_literals;
using Endpoint = boost::asio::ip::tcp::endpoint;

Endpoint at(const char* address, std::uint16_t port) { return {boost::asio::ip::make_address(address), port}; }

settings::Api api_of(std::vector<std::string> urls) {
  settings::Api api;
  api.name = "orders";
  for (std::string& url : urls) api.upstream.targets.push_back({std::move(url), 1, {}});
  return api;
}

class UpstreamTest : public ::testing::Test {
 protected:
  Upstream build(const settings::Api& api) { return build_upstream(api, states_, report_); }
  static std::vector<std::string> addresses(const Upstream& upstream) {
    std::vector<std::string> found;
    for (const Target& target : upstream.targets) found.push_back(target.address_text);
    return found;
  }
  std::shared_ptr<engine::Services> services_ = std::make_shared<engine::Services>();
  TargetStates& states_ = services_->part<TargetStates>();
  config::Report report_;
};

TEST_F(UpstreamTest, NobodyWatchesASingleTarget) {
  const Upstream upstream = build(api_of({"http://127.0.0.1:9001"}));
  EXPECT_TRUE(report_.ok());
  EXPECT_EQ(addresses(upstream), std::vector<std::string>{"127.0.0.1:9001"});
  EXPECT_EQ(upstream.group, nullptr);
  EXPECT_EQ(upstream.targets[0].host, "127.0.0.1:9001");
}

TEST_F(UpstreamTest, ASingleTargetIsWatchedWhenSomethingAsksForIt) {
  auto api = api_of({"http://127.0.0.1:9001"});
  api.upstream.breaker.share = 100;
  EXPECT_NE(build(api).group, nullptr);
  api.upstream.breaker.failures = 0;
  EXPECT_EQ(build(api).group, nullptr);
  api.upstream.limits.calls = 5;
  EXPECT_NE(build(api).group, nullptr);
  api.upstream.limits.calls = 0;
  api.upstream.health = settings::HealthCheck{.path = "/"};
  EXPECT_NE(build(api).group, nullptr);
}

TEST_F(UpstreamTest, TheSameAddressTwiceIsOneTarget) {
  const Upstream upstream = build(api_of({"http://127.0.0.1:9001", "http://127.0.0.1:9001", "http://127.0.0.1:9002"}));
  EXPECT_EQ(addresses(upstream), (std::vector<std::string>{"127.0.0.1:9001", "127.0.0.1:9002"}));
}

TEST_F(UpstreamTest, WeightsAndZonesArriveAtTheGroup) {
  auto api = api_of({"http://127.0.0.1:9001", "http://127.0.0.1:9002"});
  api.upstream.targets[1].weight = 3;
  api.upstream.targets[1].zone = "b";
  api.upstream.zone = "b";
  const Upstream upstream = build(api);
  EXPECT_EQ(upstream.group->members()[1].weight, 3U);
  EXPECT_TRUE(upstream.group->members()[1].near);
  EXPECT_FALSE(upstream.group->members()[0].near);
}

TEST_F(UpstreamTest, AReloadKeepsWhatIsKnownOfATargetThatStays) {
  Upstream before = build(api_of({"http://127.0.0.1:9001", "http://127.0.0.1:9002"}));
  before.targets[1].state->breaker.open(monotonic_now(), before.rules.breaker);
  auto api = api_of({"http://127.0.0.1:9003", "http://127.0.0.1:9002"});
  api.upstream.slow_start = 10s;
  const Upstream after = build(api);
  EXPECT_EQ(after.targets[1].state, before.targets[1].state);
  EXPECT_EQ(after.targets[1].state->breaker.state(), balance::Breaker::State::open);
  EXPECT_EQ(after.targets[1].state->warmth(monotonic_now(), 10s), 256U);
  EXPECT_LT(after.targets[0].state->warmth(monotonic_now(), 10s), 64U) << "a new one begins slowly";
}

TEST_F(UpstreamTest, ChecksThatAreNotAskedForAnyMoreAreForgotten) {
  auto api = api_of({"http://127.0.0.1:9001", "http://127.0.0.1:9002"});
  api.upstream.health = settings::HealthCheck{.path = "/"};
  const Upstream before = build(api);
  before.targets[0].state->checked(false, 1, 1, monotonic_now());
  EXPECT_TRUE(build(api).targets[0].state->is_down());
  api.upstream.health.reset();
  EXPECT_FALSE(build(api).targets[0].state->is_down());
}

TEST_F(UpstreamTest, ACanaryIsAnUpstreamOfItsOwn) {
  auto api = api_of({"http://127.0.0.1:9001"});
  api.upstream.canary = settings::Canary{{{"http://127.0.0.1:9009", 1, {}}}, 5, "X-Canary: yes"};
  const Upstream upstream = build(api);
  ASSERT_TRUE(upstream.canary);
  EXPECT_EQ(upstream.canary->header, "X-Canary");
  EXPECT_EQ(upstream.canary->value, "yes");
  EXPECT_EQ(addresses(*upstream.canary->upstream), std::vector<std::string>{"127.0.0.1:9009"});
  EXPECT_EQ(upstream.canary->upstream->name, "orders canary");
}

TEST_F(UpstreamTest, ViewsSayWhatBecameOfEachTarget) {
  auto api = api_of({"http://127.0.0.1:9001", "http://127.0.0.1:9002", "http://127.0.0.1:9003"});
  api.upstream.health = settings::HealthCheck{.path = "/"};
  Snapshot snapshot;
  snapshot.upstreams.push_back(build(api));
  auto& targets = snapshot.upstreams[0].targets;
  targets[0].state->checked(false, 1, 1, monotonic_now());
  targets[1].state->breaker.open(monotonic_now(), {});
  const auto views = upstream_views(snapshot);
  ASSERT_EQ(views.size(), 3U);
  EXPECT_EQ(views[0].state, "down");
  EXPECT_EQ(views[1].state, "open");
  EXPECT_EQ(views[2].state, "up");
  EXPECT_TRUE(views[0].counted);
  EXPECT_EQ(views[1].openings, 1U);
}

// Names that stand for whatever the test says.
class NamesTest : public UpstreamTest {
 protected:
  NamesTest() {
    auto api = api_of({"http://localhost:9001"});
    snapshot_.services = services_;
    snapshot_.upstreams.push_back(build(api));
    known_["localhost"] = snapshot_.upstreams[0].sources[0].addresses;
  }
  std::shared_ptr<const Snapshot> step(balance::Instant now) { return watch_.step(snapshot_, now); }

  Snapshot snapshot_;
  std::map<std::string, NameWatch::Addresses> known_;
  int asked_ = 0;
  std::vector<std::string> said_;
  NameWatch watch_{[this](const ServerName& name) -> Result<NameWatch::Addresses> {
                     ++asked_;
                     const auto found = known_.find(name.host);
                     if (found == known_.end()) return fail(ErrorCode::unavailable, "unknown");
                     return found->second;
                   },
                   [this](const std::string& what) { said_.push_back(what); }};
};

TEST_F(NamesTest, AreLookedUpAtTheirInterval) {
  EXPECT_EQ(step(0s), nullptr);
  EXPECT_EQ(step(29'999ms), nullptr);
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(step(30s), nullptr) << "nothing changed";
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(step(59s), nullptr);
  EXPECT_EQ(asked_, 1);
}

TEST_F(NamesTest, NewAddressesAreNewTargetsInAllOtherwiseTheSame) {
  EXPECT_EQ(step(0s), nullptr);
  known_["localhost"] = {at("10.0.0.2", 9001), at("10.0.0.1", 9001)};
  const auto next = step(30s);
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(addresses(next->upstreams[0]), (std::vector<std::string>{"10.0.0.1:9001", "10.0.0.2:9001"}));
  EXPECT_EQ(next->services, snapshot_.services);
  EXPECT_EQ(next->upstreams[0].targets[0].host, "localhost:9001");
  snapshot_ = *next;
  known_["localhost"] = {at("10.0.0.1", 9001), at("10.0.0.2", 9001)};
  EXPECT_EQ(step(60s), nullptr) << "the order of answers says nothing";
}

TEST_F(NamesTest, TheLastAddressesStayWhenNobodyAnswers) {
  EXPECT_EQ(step(0s), nullptr);
  known_.erase("localhost");
  EXPECT_EQ(step(30s), nullptr);
  EXPECT_EQ(step(60s), nullptr);
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(said_.size(), 1U) << "said once";
  known_["localhost"] = {};
  EXPECT_EQ(step(90s), nullptr) << "no address is no answer";
  known_["localhost"] = {at("10.0.0.9", 9001)};
  EXPECT_NE(step(120s), nullptr);
  EXPECT_EQ(said_.size(), 2U);
}

TEST_F(NamesTest, AReloadUsesTheLastAddressesOfANameThatIsAway) {
  states_.learn("nowhere.invalid:80", {at("10.0.0.5", 80)});
  states_.learn("nowhere.invalid", {at("10.0.0.6", 80)});
  const Upstream upstream = build(api_of({"http://nowhere.invalid"}));
  EXPECT_TRUE(report_.ok());
  EXPECT_EQ(report_.warnings(), 1U);
  EXPECT_EQ(addresses(upstream), std::vector<std::string>{"10.0.0.6:80"});
  EXPECT_TRUE(build(api_of({"http://never.invalid"})).targets.empty());
  EXPECT_FALSE(report_.ok());
}

// The descriptors of this process as they are, and no more, for as long as it lives.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(UpstreamPool, WhatThisMachineLacksIsNoFailureOfTheTarget) {
  Reactor reactor;
  Wheel wheel;
  BufferPool buffers;
  UpstreamPool pool(reactor, wheel, buffers);
  Target target;
  target.endpoint = at("127.0.0.1", 1);
  IoStatus status = IoStatus::ok;
  int ended = 0;
  const auto connect = [&]() -> Task<> {
    EXPECT_EQ(co_await pool.connect(target, 100ms, status), nullptr);
    ++ended;
  };
  {
    const NoMoreDescriptors none;
    spawn(connect(), [](const std::exception_ptr&) {});
  }
  EXPECT_EQ(status, IoStatus::idle);
  spawn(connect(), [](const std::exception_ptr&) {});
  for (int i = 0; i < 100 && ended != 2; ++i) reactor.poll(10ms);
  EXPECT_EQ(status, IoStatus::failed) << "nobody listens there";
}

class WaitingLineTest : public ::testing::Test {
 protected:
  static balance::Group group() {
    return {{}, {{std::make_shared<balance::TargetState>(), "a", 1, false}}, std::make_shared<balance::RetryBudget>()};
  }
  Task<> wait(const balance::Group& group, int name) {
    WaitingLine::Place place(line_, group);
    co_await place;
    order_.push_back(name);
  }
  void begin(const balance::Group& group, int name) {
    spawn(wait(group, name), [](const std::exception_ptr&) {});
  }
  Reactor reactor_;
  Wheel wheel_;
  WaitingLine line_{reactor_, wheel_};
  std::vector<int> order_;
};

TEST_F(WaitingLineTest, FirstComeFirstServedOfOneUpstream) {
  const balance::Group one = group(), other = group();
  begin(other, 0);
  begin(one, 1);
  begin(one, 2);
  EXPECT_EQ(line_.length(one), 2U);
  line_.freed(one);
  reactor_.poll(0ms);
  EXPECT_EQ(order_, std::vector<int>{1});
  line_.freed(one);
  line_.freed(one);
  reactor_.poll(0ms);
  EXPECT_EQ(order_, (std::vector<int>{1, 2}));
  EXPECT_EQ(line_.length(one), 0U);
  EXPECT_EQ(line_.length(other), 1U);
  line_.freed(other);
  reactor_.poll(0ms);
}

TEST_F(WaitingLineTest, ATickOfTheWheelIsReasonEnoughToLook) {
  const balance::Group one = group();
  begin(one, 1);
  wheel_.advance(3 * Wheel::tick);
  reactor_.poll(0ms);
  EXPECT_EQ(order_, std::vector<int>{1});
}

}  // namespace
}  // namespace sallyport::gateway
