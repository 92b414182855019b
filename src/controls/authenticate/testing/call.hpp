// One call through the control as it is configured, for the tests of authentication.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "base/testing/scratch_folder.hpp"
#include "config/report.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"
#include "jose/testing/signer.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::authenticate {

const engine::Descriptor& descriptor();

namespace testing {

inline constexpr std::int64_t now = 1'700'000'000;

class Authentication : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text, bool secret = false) {
    const std::string path = folder_.file(name);
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms(secret ? 0600 : 0644));
    return path;
  }

  // What is wrong with the section; it is compiled into the policy when nothing is.
  std::string compile(const std::string& section) {
    config::Report report;
    const auto parsed = document::parse(section, "test");
    if (!parsed) return parsed.error().text();
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
        std::vector<Step>{{"authenticate", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
    return report.text();
  }

  // An issuer with one key of this signer.
  std::string issuer(const jose::testing::Signer& signer, const std::string& more = {},
                     const char* name = "https://id.test/") {
    return "{ issuer: '" + std::string(name) + "', audiences: shop, algorithms: ES256, jwks: " +
           file("jwks" + std::to_string(++files_), signer.jwk(R"("kid":"k")")) + more + " }";
  }

  static std::string token(const jose::testing::Signer& signer, const std::string& claims,
                           const std::string& header = R"({"alg":"ES256","kid":"k"})") {
    return signer.token(jose::Algorithm::es256, header, claims);
  }
  static std::string claims(const std::string& more = {}, std::int64_t expires = 600) {
    return R"({"iss":"https://id.test/","aud":"shop","exp":)" + std::to_string(now + expires) +
           (more.empty() ? "" : "," + more) + "}";
  }

  // The rule that refuses a call with this token, or "".
  std::string rule(const std::string& token, std::int64_t at = now) {
    return rule_of(token.empty() ? "" : "Authorization: Bearer " + token + "\r\n", at);
  }
  // The same of a call with these field lines.
  std::string rule_of(const std::string& lines, std::int64_t at = now) {
    head_ = "GET /orders HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
    EXPECT_TRUE(parse_request(head_, false, transaction_.fresh_arena(), request_));
    transaction_.begin(*policy_, connection_, request_, Clock{at * 1'000'000});
    verdict_ = transaction_.request_head();
    const auto* deny = std::get_if<Deny>(&verdict_);
    return deny == nullptr ? "" : std::string(deny->reason.rule);
  }
  const Problem& problem() const { return std::get<Deny>(verdict_).problem; }
  const Actor& actor() const { return *transaction_.event().actor; }

  engine::Services services_;
  ScratchFolder folder_;
  int files_ = 0;
  std::unique_ptr<Policy> policy_;
  std::string head_;
  Connection connection_;
  Request request_;
  Transaction transaction_;
  Verdict verdict_;
  const jose::testing::Signer signer_ = jose::testing::Signer::ec("P-256");
};

}  // namespace testing
}  // namespace sallyport::controls::authenticate
