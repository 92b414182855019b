// The requirement `mutualTLS` of a specification.
#include <gtest/gtest.h>

#include "config/report.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "spec/router.hpp"

#include <sallyport/certificate.hpp>
#include <sallyport/engine.hpp>

namespace sallyport::controls::authorize {

const engine::Descriptor& descriptor();

namespace {

// The rule that refuses a call over this connection, or "".
std::string rule(const Connection& connection) {
  auto api = std::make_unique<Api>();
  api->name = "shop";
  api->hosts = {"*"};
  api->base_path = "/";
  api->has_spec = true;
  Operation operation;
  operation.method = Method::get;
  operation.method_token = "GET";
  operation.path_template = "/orders";
  operation.security = {{{SecurityNeed::Scheme::client_certificate, "tls", {}}}};
  operation.security_declared = true;
  api->operations.push_back(operation);
  config::Report report;
  const auto section = document::parse("{}", "test").value();
  auto compiled = descriptor().compile(&section.root(), {api.get(), nullptr, nullptr, {}}, report);
  EXPECT_TRUE(compiled) << report.text();
  Policy policy;
  policy.router = std::make_shared<const Router>(Router::build({api.get()}).value());
  policy.apis.push_back(std::move(api));
  policy.pipelines.emplace_back(
      std::vector<Step>{{"authorize", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
  Transaction transaction;
  Request request;
  const std::string head = "GET /orders HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_TRUE(parse_request(head, true, transaction.fresh_arena(), request));
  transaction.begin(policy, connection, request, Clock{0});
  const Verdict verdict = transaction.request_head();
  const auto* deny = std::get_if<Deny>(&verdict);
  return deny == nullptr ? "" : std::string(deny->reason.rule);
}

TEST(MutualTls, IsMetByAVerifiedCertificateWhoeverCalls) {
  const ClientCertificate shown{.subject = "CN=anybody"};
  Connection connection;
  connection.tls = true;
  EXPECT_EQ(rule(connection), "security");
  connection.certificate = &shown;
  EXPECT_EQ(rule(connection), "");
}

}  // namespace
}  // namespace sallyport::controls::authorize
