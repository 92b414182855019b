// What the cases cannot say: the Allow field, an API that is retired as a whole, announcing switched off.
#include <gtest/gtest.h>

#include "config/report.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::unknown_operation {

const engine::Descriptor& descriptor();

namespace {

class Call {
 public:
  explicit Call(Stage api_stage, const std::string& section = "{}") {
    auto api = std::make_unique<Api>();
    api->name = "shop";
    api->hosts = {"*"};
    api->base_path = "/";
    api->has_spec = true;
    api->stage = api_stage;
    for (const auto& [method, token] : {std::pair{Method::get, "GET"}, {Method::post, "POST"}}) {
      Operation operation;
      operation.index = static_cast<std::uint32_t>(api->operations.size());
      operation.method = method;
      operation.method_token = token;
      operation.path_template = "/orders";
      operation.label = std::string(token) + " /orders";
      if (method == Method::get) operation.stage = Stage::deprecated;
      api->operations.push_back(operation);
    }
    policy_.router = std::make_shared<const Router>(Router::build({api.get()}).value());
    policy_.apis.push_back(std::move(api));
    config::Report report;
    const auto parsed = document::parse(section, "test").value();
    auto compiled = descriptor().compile(&parsed.root(), {}, report);
    EXPECT_TRUE(compiled.has_value()) << report.text();
    policy_.pipelines.emplace_back(
        std::vector<Step>{{"unknown_operation", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
  }

  Verdict ask(std::string_view line) {
    head_ = std::string(line) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_TRUE(parse_request(head_, false, transaction_.fresh_arena(), request_));
    transaction_.begin(policy_, connection_, request_, Clock{1});
    return transaction_.request_head();
  }

  bool announces() {
    (void)ask("GET /orders");
    response_.clear();
    response_.status = 200;
    (void)transaction_.response_head(response_);
    return response_.fields.find("Deprecation") != nullptr;
  }

 private:
  Policy policy_;
  std::string head_;
  Connection connection_;
  Request request_;
  Response response_;
  Transaction transaction_;
};

TEST(UnknownOperation, SaysWhichMethodsThereAre) {
  Call call(Stage::production);
  const Verdict verdict = call.ask("DELETE /orders");
  ASSERT_TRUE(std::holds_alternative<Deny>(verdict));
  EXPECT_EQ(std::get<Deny>(verdict).problem.extra_name, "Allow");
  EXPECT_EQ(std::get<Deny>(verdict).problem.extra_value, "GET, HEAD, POST");
}

TEST(UnknownOperation, RetiredApisAreGoneAsAWhole) {
  Call call(Stage::retired);
  const Verdict verdict = call.ask("GET /orders");
  ASSERT_TRUE(std::holds_alternative<Deny>(verdict));
  EXPECT_EQ(std::get<Deny>(verdict).problem.status, 410);
  EXPECT_EQ(std::get<Deny>(verdict).reason.rule, "api_retired");
}

TEST(UnknownOperation, AnnouncesUnlessToldNotTo) {
  EXPECT_TRUE(Call(Stage::production).announces());
  EXPECT_FALSE(Call(Stage::production, "{ announce: false }").announces());
}

}  // namespace
}  // namespace sallyport::controls::unknown_operation
