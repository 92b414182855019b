#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/report.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "spec/router.hpp"

#include <sallyport/certificate.hpp>
#include <sallyport/engine.hpp>

namespace sallyport::controls::client_certificate {

const engine::Descriptor& descriptor();

namespace {

using ::testing::HasSubstr;

class ClientCertificateTest : public ::testing::Test {
 protected:
  ClientCertificateTest() { connection_.certificate = &shown_; }

  // What is wrong with the section.
  std::string compile(const std::string& section) {
    config::Report report;
    const auto parsed = document::parse(section, "test");
    auto api = std::make_unique<Api>();
    api->name = "shop";
    api->hosts = {"*"};
    api->base_path = "/";
    auto compiled = descriptor().compile(&parsed->root(), {api.get(), nullptr, nullptr, {}}, report);
    if (!compiled) return report.text();
    policy_ = std::make_unique<Policy>();
    policy_->router = std::make_shared<const Router>(Router::build({api.get()}).value());
    policy_->apis.push_back(std::move(api));
    policy_->pipelines.emplace_back(
        std::vector<Step>{{"client_certificate", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
    return report.text();
  }

  // The rule that refuses this call, or "".
  std::string rule(const std::string& path = "/orders") {
    const std::string head = "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_TRUE(parse_request(head, true, transaction_.fresh_arena(), request_));
    transaction_.begin(*policy_, connection_, request_, Clock{0});
    const Verdict verdict = transaction_.request_head();
    const auto* deny = std::get_if<Deny>(&verdict);
    if (deny == nullptr) return "";
    EXPECT_EQ(deny->problem.status, 403);
    return std::string(deny->reason.rule);
  }

  ClientCertificate shown_{.dns = {"a.test"}, .spiffe = "spiffe://example.org/ns/prod/billing"};
  Connection connection_;
  std::unique_ptr<Policy> policy_;
  Request request_;
  Transaction transaction_;
};

TEST_F(ClientCertificateTest, AnyGoodOneWillDoWhereNoneIsNamed) {
  ASSERT_EQ(compile("{}"), "");
  EXPECT_EQ(rule(), "");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule(), "no_certificate");
}

TEST_F(ClientCertificateTest, OneOfTheNamesIsEnough) {
  ASSERT_EQ(compile("{ names: ['spiffe://example.org/ns/prod/*', 'dns:b.test'] }"), "");
  EXPECT_EQ(rule(), "");
  shown_.spiffe = "";
  EXPECT_EQ(rule(), "other_certificate");
  shown_.dns = {"b.test"};
  EXPECT_EQ(rule(), "");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule(), "no_certificate");
}

TEST_F(ClientCertificateTest, OtherCallsPass) {
  ASSERT_EQ(compile("{ paths: /admin/** }"), "");
  connection_.certificate = nullptr;
  EXPECT_EQ(rule(), "");
  EXPECT_EQ(rule("/admin/users"), "no_certificate");
  EXPECT_EQ(rule("/Admin/users"), "no_certificate") << "an API that does not tell case apart reads it so";
}

TEST_F(ClientCertificateTest, MistakesAreTold) {
  EXPECT_THAT(compile("{ names: a.test }"), HasSubstr("`a.test` is no name of a certificate"));
  EXPECT_NE(compile("{ operations: nothing }"), "");
}

TEST(ClientCertificateOff, WithoutTheSectionNobodyIsAsked) {
  config::Report report;
  const auto compiled = descriptor().compile(nullptr, {}, report);
  ASSERT_TRUE(compiled) << report.text();
  EXPECT_FALSE(compiled->control->phases().has(Phase::request_head));
}

}  // namespace
}  // namespace sallyport::controls::client_certificate
