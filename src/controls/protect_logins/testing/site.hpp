// A site whose log-ins are protected, as tests drive it: no sockets, the time they say, and counters that nodes share
// where they ask for them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/address.hpp"
#include "config/report.hpp"
#include "controls/protect_logins/counters.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "http/head.hpp"
#include "shared/leases.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::protect_logins {

const engine::Descriptor& descriptor();

namespace testing {

// Counters that several nodes share: what Redis does, by the same state machines.
struct SharedStore {
  shared::MemoryStore memory{1 << 20, SipKey{7}};
  Counters counters{Config{}, "store", memory, SipKey{}};
  bool away = false;
  int questions = 0;
};

struct Try {
  std::string account = "ana@example.com";
  std::string password = "wrong";
  std::string from = "192.0.2.1";
  std::string agent = "Browser/1";
  int status = 401;  // of the API; 0: it never answers
  std::string body = {};
  std::string type = "application/json";
  std::string answer = {};
  std::string fields = {};
  std::string line = "POST /login";
};

class Site {
 public:
  static constexpr std::int64_t second = 1'000'000;

  explicit Site(const std::string& section = "{}", std::shared_ptr<SharedStore> store = nullptr,
                Mode mode = Mode::enforce)
      : store_(std::move(store)) {
    if (store_ != nullptr) EXPECT_TRUE(services_->set_counters(1 << 20, "sallyport:"));
    auto api = std::make_unique<Api>();
    api->name = "shop";
    api->hosts = {"*"};
    api->base_path = "/";
    policy_.router = std::make_shared<const Router>(Router::build({api.get()}).value());
    config::Report report;
    const auto parsed = document::parse(section, "test").value();
    const auto compiled = descriptor().compile(&parsed.root(), {api.get(), services_.get(), nullptr, {}}, report);
    policy_.apis.push_back(std::move(api));
    EXPECT_TRUE(compiled.has_value()) << report.text();
    if (compiled) {
      policy_.pipelines.emplace_back(
          std::vector<sallyport::Step>{{"protect_logins", compiled->control, mode, OnError::deny, 0, {}}});
    }
  }

  // What the client gets: the API's status, or ours. 0: it waits still, for an API that does not answer.
  int call(const Try& one) {
    begin(one);
    const int status = request(one);
    if (status == 0 && one.status != 0) return respond(one);
    return status;
  }
  // The first half: 0 when the call is on its way to the API.
  int request(const Try& one) {
    if (const int refused = status_of(answered(transaction.request_head()))) return refused;
    if (transaction.wants_request_body() == 0) return 0;
    return status_of(answered(transaction.request_body(body_of(one))));
  }
  int respond(const Try& one) {
    response_ = {};
    response_.status = static_cast<std::uint16_t>(one.status);
    static_cast<void>(response_.fields.append("Content-Type", "application/json"));
    answer_ = one.answer;
    if (const int other = status_of(answered(transaction.response_head(response_)))) return other;
    if (transaction.wants_response_body() != 0 && !answer_.empty()) {
      if (const int other = status_of(answered(transaction.response_body(answer_)))) return other;
    }
    transaction.end();
    return one.status;
  }
  void begin(const Try& one) {
    head_ = one.line + " HTTP/1.1\r\nHost: h\r\nUser-Agent: " + one.agent + "\r\n" + one.fields;
    body_ = body_of(one);
    if (!body_.empty())
      head_ += "Content-Type: " + one.type + "\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n";
    head_ += "\r\n";
    EXPECT_TRUE(parse_request(head_, true, transaction.fresh_arena(), request_)) << head_;
    connection_.client = parse_address(one.from).value();
    transaction.begin(policy_, connection_, request_, Clock{now_us});
  }
  // How many of so many alike get to the API.
  int of(int times, const Try& one) {
    int through = 0;
    for (int i = 0; i < times; ++i) through += call(one) == one.status ? 1 : 0;
    return through;
  }

  [[nodiscard]] std::string rule() const { return std::string(transaction.event().reason.rule); }
  [[nodiscard]] std::string detail() const { return std::string(transaction.event().reason.detail); }
  [[nodiscard]] std::string noted() const {
    std::string out;
    for (const Note& note : transaction.event().all_notes()) out += std::string(note.reason.rule) + ' ';
    return out;
  }

  std::int64_t now_us = 1'700'000'000 * second;
  Transaction transaction;
  Problem problem;
  int retry_after = 0;

 private:
  static std::string body_of(const Try& one) {
    if (!one.body.empty()) return one.body;
    if (one.account.empty()) return {};
    return R"({"email":")" + one.account + R"(","password":")" + one.password + "\"}";
  }
  Verdict answered(Verdict verdict) {
    while (const auto* need = std::get_if<Need>(&verdict)) {
      if (store_ == nullptr) return transaction.resume(Answer{});
      ++store_->questions;
      const auto asks = shared::asks_in(need->lookup.key);
      std::vector<shared::Grant> grants(asks.size());
      if (!store_->away) store_->counters.answer(asks, grants, 1, now_us);
      verdict = transaction.resume(Answer{true, shared::packed(std::span<const shared::Grant>(grants))});
    }
    return verdict;
  }
  int status_of(const Verdict& verdict) {
    const auto* deny = std::get_if<Deny>(&verdict);
    if (deny == nullptr) return 0;
    problem = deny->problem;
    retry_after = problem.extra_name == "Retry-After" ? std::stoi(std::string(problem.extra_value)) : 0;
    return problem.status;
  }

  std::shared_ptr<SharedStore> store_;
  std::shared_ptr<engine::Services> services_ = std::make_shared<engine::Services>();
  Policy policy_;
  Connection connection_;
  Request request_;
  Response response_;
  std::string head_;
  std::string body_;
  std::string answer_;
};

}  // namespace testing
}  // namespace sallyport::controls::protect_logins
