// What the cases cannot say: callers that are known, counters across APIs and reloads, all or none.
#include <gtest/gtest.h>

#include <set>

#include "config/report.hpp"
#include "controls/rate_limit/classes.hpp"
#include "controls/rate_limit/rate.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::rate_limit {

const engine::Descriptor& descriptor();

namespace {

// Stands for authentication: the caller that the test says.
class Known final : public Control {
 public:
  explicit Known(const Actor& actor) : actor_(actor) {}
  [[nodiscard]] Phases phases() const override { return {Phase::request_head}; }
  Verdict on_request_head(const Context& context) const override {
    context.set_actor(actor_);
    return Pass{};
  }

 private:
  const Actor& actor_;
};

class Caller {
 public:
  explicit Caller(const std::string& section, const std::string& api_name = "shop",
                  std::shared_ptr<engine::Services> services = std::make_shared<engine::Services>())
      : services_(std::move(services)) {
    auto api = std::make_unique<Api>();
    api->name = api_name;
    api->hosts = {"*"};
    api->base_path = "/";
    policy_.router = std::make_shared<const Router>(Router::build({api.get()}).value());
    config::Report report;
    const auto parsed = document::parse(section, "test").value();
    auto compiled = descriptor().compile(&parsed.root(), {api.get(), services_.get()}, report);
    policy_.apis.push_back(std::move(api));
    EXPECT_TRUE(compiled.has_value()) << report.text();
    if (!compiled) return;
    policy_.pipelines.emplace_back(
        std::vector<Step>{{"known", std::make_shared<const Known>(actor), Mode::enforce, OnError::deny, 0, {}},
                          {"rate_limit", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
  }

  bool admitted(std::string_view line = "GET /orders", std::int64_t second = 1000) {
    head_ = std::string(line) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_TRUE(parse_request(head_, false, call.fresh_arena(), request_));
    call.begin(policy_, connection, request_, Clock{second * 1'000'000});
    verdict = call.request_head();
    if (std::holds_alternative<Pass>(verdict)) {
      if (ends) call.end();
      return true;
    }
    return false;
  }
  int admitted_of(int times, std::string_view line = "GET /orders") {
    int sum = 0;
    for (int i = 0; i < times; ++i) sum += admitted(line) ? 1 : 0;
    return sum;
  }

  Actor actor;
  Connection connection;
  Transaction call;
  Verdict verdict;
  bool ends = true;

 private:
  std::shared_ptr<engine::Services> services_;
  Policy policy_;
  std::string head_;
  Request request_;
};

Actor user(std::string_view name) {
  Actor actor;
  actor.how = Authentication::jwt;
  actor.subject = name;
  actor.issuer = "https://id.example";
  return actor;
}

TEST(RateLimit, DataIsLimitedForEachToken) {
  Caller caller("{}");
  caller.actor = user("alice");
  EXPECT_EQ(caller.admitted_of(400), 300);
  caller.actor.token_id = "another token of hers";
  EXPECT_EQ(caller.admitted_of(400), 300);
  caller.actor = user("bob");
  EXPECT_EQ(caller.admitted_of(1), 1);
  caller.actor = {};
  EXPECT_EQ(caller.admitted_of(1000), 1000) << "without a token this class is not counted";
}

TEST(RateLimit, LogInsOfAKnownUser) {
  Caller caller("{}");
  caller.actor = user("alice");
  EXPECT_EQ(caller.admitted_of(20, "POST /login"), 10);
}

TEST(RateLimit, EverySubjectIsCounted) {
  for (const auto& [by, member] :
       std::vector<std::pair<const char*, std::string_view Actor::*>>{{"user", &Actor::subject},
                                                                      {"client", &Actor::client},
                                                                      {"tenant", &Actor::tenant},
                                                                      {"api_key", &Actor::key_id},
                                                                      {"token", &Actor::token_id}}) {
    Caller caller("{ limits: { data: off }, rules: [{ name: r, by: " + std::string(by) + ", limit: 3/m }] }");
    caller.actor.how = Authentication::jwt;
    caller.actor.*member = "one";
    EXPECT_EQ(caller.admitted_of(5), 3) << by;
    caller.actor.*member = "two";
    EXPECT_EQ(caller.admitted_of(5), 3) << by;
    caller.actor.*member = "";
    EXPECT_EQ(caller.admitted_of(5), 3) << by << ": the address instead";
  }
}

TEST(RateLimit, Ipv6AddressesOfOneNetworkAreOne) {
  Caller caller("{ rules: [{ name: r, by: ip, limit: 3/m }] }");
  caller.connection.client = Address{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1}};
  EXPECT_EQ(caller.admitted_of(3), 3);
  caller.connection.client.bytes[15] = 7;
  EXPECT_EQ(caller.admitted_of(1), 0) << "the same /64";
  caller.connection.client.bytes[7] = 2;
  EXPECT_EQ(caller.admitted_of(1), 1) << "another /64";
}

TEST(RateLimit, NoneIsChargedWhenOneRefuses) {
  Caller caller("{ rules: [{ name: all, by: ip, limit: 10/m }, { name: few, by: ip, limit: 2/m, paths: /few }] }");
  EXPECT_EQ(caller.admitted_of(50, "GET /few"), 2);
  EXPECT_EQ(caller.admitted_of(50, "GET /many"), 8);
}

TEST(RateLimit, RefusalsSayWhenToComeBack) {
  Caller caller("{ rules: [{ name: few, by: ip, limit: 2/m }] }");
  ASSERT_EQ(caller.admitted_of(3), 2);
  const auto& problem = std::get<Deny>(caller.verdict).problem;
  EXPECT_EQ(problem.extra_name, "Retry-After");
  EXPECT_EQ(problem.extra_value, "60");
  ASSERT_EQ(problem.fields.size(), 2u);
  EXPECT_EQ(problem.fields[0].value, "\"few\";q=2;w=60");
  EXPECT_EQ(problem.fields[1].value, "\"few\";r=0;t=60");
  EXPECT_FALSE(caller.admitted("GET /", 1059));
  EXPECT_TRUE(caller.admitted("GET /", 1060));
}

TEST(RateLimit, CountersSurviveAReloadAndAreOfOneApi) {
  const auto services = std::make_shared<engine::Services>();
  const std::string section = "{ rules: [{ name: few, by: ip, limit: 2/m }] }";
  EXPECT_EQ(Caller(section, "shop", services).admitted_of(5), 2);
  EXPECT_EQ(Caller(section, "shop", services).admitted_of(5), 0);
  EXPECT_EQ(Caller(section, "other", services).admitted_of(5), 2);
  EXPECT_EQ(Caller("{ rules: [{ name: few, by: ip, limit: 3/m }] }", "shop", services).admitted_of(5), 3)
      << "another limit";
}

TEST(RateLimit, CallsAtOnce) {
  Caller caller("{ rules: [{ name: places, by: ip, concurrent: 2 }] }");
  caller.ends = false;
  EXPECT_EQ(caller.admitted_of(3), 2);
  caller.ends = true;
}

TEST(RateLimit, ClassesAreInferredWithAReason) {
  const auto class_of = [](const char* method, const char* path, const char* id) {
    Operation operation;
    operation.method_token = method;
    operation.path_template = path;
    operation.operation_id = id;
    const Classified out = classify(operation);
    EXPECT_FALSE(out.why.empty());
    return out.is;
  };
  EXPECT_EQ(class_of("POST", "/v1/login", ""), Class::login);
  EXPECT_EQ(class_of("POST", "/v1/x", "signIn"), Class::login);
  EXPECT_EQ(class_of("POST", "/oauth/token", ""), Class::login);
  EXPECT_EQ(class_of("POST", "/password-reset", ""), Class::login);
  EXPECT_EQ(class_of("GET", "/login", ""), Class::data);
  EXPECT_EQ(class_of("GET", "/orders/export", ""), Class::exports);
  EXPECT_EQ(class_of("GET", "/orders", "downloadOrders"), Class::exports);
  EXPECT_EQ(class_of("POST", "/orders:batch", ""), Class::batch);
  EXPECT_EQ(class_of("GET", "/healthz", ""), Class::health);
  EXPECT_EQ(class_of("POST", "/healthz", ""), Class::data);
  EXPECT_EQ(class_of("GET", "/users/{token}", "getUser"), Class::data);
  EXPECT_EQ(classify("POST", "/v1/Sign_In"), Class::login);
  EXPECT_EQ(classify("POST", "/v1/blogin"), Class::data);
  EXPECT_EQ(classify("GET", "/v1/login"), Class::data);
  EXPECT_EQ(classify("POST", "/" + std::string(17, 'a')), Class::data);
}

TEST(RateLimit, RatesAsPeopleWriteThem) {
  for (const char* text : {"10/m", "5/h", "100/s", "100/10s", "250/1m30s", "1000/day", "7/month", "off", "3/500ms"}) {
    const auto rate = parse_rate(text);
    ASSERT_TRUE(rate) << text;
    EXPECT_EQ(format_rate(*rate), text);
  }
  EXPECT_EQ(parse_rate("10/1m"), parse_rate("10/m"));
  for (const char* text :
       {"", "10", "0/m", "-1/m", "10/", "10/0s", "10/year", "10/8d", "1000000001/s", "m/10", "10 / m"}) {
    EXPECT_FALSE(parse_rate(text)) << text;
  }
}

TEST(RateLimit, WhatCannotBeIsAnError) {
  const auto refused = [](const std::string& section) {
    config::Report report;
    const auto parsed = document::parse(section, "test").value();
    Api api;
    api.name = "shop";
    api.has_spec = true;
    return !descriptor().compile(&parsed.root(), {&api, nullptr}, report).has_value();
  };
  EXPECT_FALSE(refused("{ rules: [{ name: a, by: ip, limit: 1/m }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip, limit: 1/m, concurrent: 1 }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: 'a b', by: ip, limit: 1/m }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip, limit: 1/day, burst: 5 }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip, limit: 1/6d, burst: 2 }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip, limit: 1/day, time_zone: Mars/Base }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip, limit: 1/m, operations: nothing }] }"));
  EXPECT_TRUE(refused("{ classes: { nothing: data } }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: 'header:a b', limit: 1/m }] }"));
  EXPECT_TRUE(refused("{ rules: [{ name: a, by: ip, limit: 1/m, paths: nowhere }] }"));
  std::string many = "{ rules: [";
  for (int i = 0; i < 8; ++i) many += "{ name: r" + std::to_string(i) + ", by: ip, limit: 1/m }, ";
  EXPECT_TRUE(refused(many + "] }")) << "seven at most";
}

}  // namespace
}  // namespace sallyport::controls::rate_limit
