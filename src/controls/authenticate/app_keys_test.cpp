// API keys in calls: what each binding of a key refuses, and a key beside a token.
#include "controls/authenticate/app_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/address.hpp"
#include "controls/authenticate/testing/call.hpp"

namespace sallyport::controls::authenticate {
namespace {

using identity::ApiKeyRecord;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::now;

class AppKeysTest : public testing::Authentication {
 protected:
  AppKeysTest() { connection_.client = *parse_address("10.1.2.3"); }

  // A new key for what the record says; good for this API when it says nothing.
  std::string key(ApiKeyRecord record = {}) {
    const std::string made = identity::make_api_key().value();
    record.id = identity::read_api_key(made)->id;
    record.created = now;
    if (record.name.empty()) record.name = "partner";
    if (record.apis.empty()) record.apis = {"shop"};
    EXPECT_TRUE(identity::change_api_keys(path(), [&](identity::ApiKeys& keys) {
      record.hash = keys.hash(made);
      return keys.add(record);
    }));
    services_.part<identity::ApiKeyFiles>().look();
    return made;
  }
  std::string path() const { return folder_.file("keys.json"); }
  std::string section(const std::string& more = {}, const std::string& header = {}) {
    return "{ api_keys: { file: " + path() + header + " }" + more + " }";
  }
  std::string with_tokens(const std::string& more = {}) {
    return section(more + ", issuers: [" + issuer(signer_) + "]");
  }
  std::string rule_of_key(const std::string& key, std::int64_t at = now) {
    return rule_of("X-API-Key: " + key + "\r\n", at);
  }
  std::string rule_of_both(const std::string& key, const std::string& more) {
    return rule_of("X-API-Key: " + key + "\r\nAuthorization: Bearer " + token(signer_, claims(more)) + "\r\n");
  }
};

TEST_F(AppKeysTest, AKeyNamesTheApplicationAndGoesNoFurther) {
  const std::string good = key({.scopes = {"orders:read"}, .roles = {"partner"}, .tenant = "acme"});
  ASSERT_EQ(compile(section()), "");
  ASSERT_EQ(rule_of_key(good), "");
  EXPECT_EQ(actor().how, sallyport::Authentication::api_key);
  EXPECT_EQ(actor().client, "partner");
  EXPECT_EQ(actor().key_id, good.substr(4, 8));
  EXPECT_EQ(actor().tenant, "acme");
  EXPECT_EQ(actor().subject, "");
  EXPECT_THAT(actor().scopes, ElementsAre("orders:read"));
  EXPECT_THAT(actor().roles, ElementsAre("partner"));
  EXPECT_EQ(request_.fields.find("X-API-Key"), nullptr);
  ASSERT_EQ(compile(section(", forward_credentials: true")), "");
  ASSERT_EQ(rule_of_key(good), "");
  EXPECT_NE(request_.fields.find("X-API-Key"), nullptr);
}

TEST_F(AppKeysTest, WithoutAKeyTheCallIsRefused) {
  (void)key();
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_of(""), "no_credentials");
  EXPECT_EQ(problem().extra_value, R"(ApiKey realm="shop")");
  EXPECT_EQ(rule_of_key("x"), "key_form");
  EXPECT_EQ(problem().status, 401);
  EXPECT_EQ(rule_of_key(""), "key_form");
  EXPECT_EQ(rule_of_key(identity::make_api_key().value()), "key_unknown");
  ASSERT_EQ(compile(section(", optional: true")), "");
  EXPECT_EQ(rule_of(""), "");
  EXPECT_EQ(rule_of_key("x"), "key_form");
}

TEST_F(AppKeysTest, TwoKeysInOneCallAreNone) {
  const std::string good = key();
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_of("X-API-Key: " + good + "\r\nx-api-key: " + good + "\r\n"), "key_form");
}

TEST_F(AppKeysTest, TimesHold) {
  const std::string expires = key({.expires = now + 10});
  const std::string revoked = key({.revoked = now + 10});
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_of_key(expires, now + 9), "");
  EXPECT_EQ(rule_of_key(expires, now + 10), "key_expired");
  EXPECT_EQ(rule_of_key(revoked, now + 9), "");
  EXPECT_EQ(rule_of_key(revoked, now + 10), "key_revoked");
}

TEST_F(AppKeysTest, AKeyThatIsRevokedWhileItRunsIsRefused) {
  const std::string good = key();
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_of_key(good), "");
  ASSERT_TRUE(identity::change_api_keys(path(), [&](identity::ApiKeys& keys) -> Result<void> {
    keys.edit(good.substr(4, 8))->revoked = now;
    return {};
  }));
  services_.part<identity::ApiKeyFiles>().look();
  EXPECT_EQ(rule_of_key(good), "key_revoked");
}

TEST_F(AppKeysTest, ApisAndNetworksHold) {
  const std::string other = key({.apis = {"stock"}});
  const std::string far = key({.networks = {*config::parse_cidr("192.168.0.0/16")}});
  const std::string near = key({.apis = {"stock", "*"}, .networks = {*config::parse_cidr("10.0.0.0/8")}});
  ASSERT_EQ(compile(section()), "");
  EXPECT_EQ(rule_of_key(other), "key_api");
  EXPECT_EQ(rule_of_key(far), "key_network");
  EXPECT_EQ(rule_of_key(near), "");
}

TEST_F(AppKeysTest, ScopesThatEveryCallNeedsAreAskedOfKeysToo) {
  const std::string without = key();
  const std::string with = key({.scopes = {"a"}});
  ASSERT_EQ(compile(section(", scopes: a")), "");
  EXPECT_EQ(rule_of_key(without), "insufficient_scope");
  EXPECT_EQ(problem().status, 403);
  EXPECT_EQ(rule_of_key(with), "");
}

TEST_F(AppKeysTest, WhereBothAreNeededNeitherWillDo) {
  const std::string good = key();
  ASSERT_EQ(compile(with_tokens(", needs: token_and_key")), "");
  EXPECT_EQ(rule_of_key(good), "no_credentials");
  EXPECT_EQ(rule(token(signer_, claims())), "no_credentials");
  EXPECT_EQ(rule_of_both(good, R"("sub":"ada")"), "");
  EXPECT_EQ(actor().how, sallyport::Authentication::jwt);
  EXPECT_EQ(actor().subject, "ada");
  EXPECT_EQ(actor().client, "partner");
  EXPECT_EQ(actor().key_id, good.substr(4, 8));
  EXPECT_EQ(request_.fields.find("X-API-Key"), nullptr);
  EXPECT_EQ(request_.fields.find("Authorization"), nullptr);
  EXPECT_EQ(rule_of_both("x", R"("sub":"ada")"), "key_form");
  EXPECT_EQ(rule_of("X-API-Key: " + good + "\r\nAuthorization: Bearer x\r\n"), "form");
}

TEST_F(AppKeysTest, WhatIsNeededIsWhatIsAskedFor) {
  const std::string good = key();
  ASSERT_EQ(compile(with_tokens()), "");
  EXPECT_EQ(rule_of_key(good), "");
  EXPECT_EQ(rule(token(signer_, claims())), "");
  EXPECT_EQ(rule_of_both("x", R"("sub":"ada")"), "key_form") << "a bad key beside a good token";
  ASSERT_EQ(compile(with_tokens(", needs: token")), "");
  EXPECT_EQ(rule_of_key(good), "no_credentials");
  EXPECT_EQ(rule(token(signer_, claims())), "");
  ASSERT_EQ(compile(with_tokens(", needs: key")), "");
  EXPECT_EQ(rule_of_key(good), "");
  EXPECT_EQ(rule(token(signer_, claims())), "no_credentials");
}

TEST_F(AppKeysTest, AKeyThatIsBoundIsGoodWithItsOwnUserAlone) {
  const std::string of_client = key({.name = "c", .client = "c"});
  const std::string of_user = key({.subject = "ada"});
  const std::string of_tenant = key({.tenant = "acme"});
  ASSERT_EQ(compile(with_tokens()), "");
  EXPECT_EQ(rule_of_key(of_client), "pair");
  EXPECT_EQ(rule_of_key(of_user), "pair");
  EXPECT_EQ(rule_of_key(of_tenant), "");
  EXPECT_EQ(rule_of_both(of_client, R"("azp":"c")"), "");
  EXPECT_EQ(rule_of_both(of_client, R"("azp":"d")"), "pair");
  EXPECT_EQ(rule_of_both(of_client, R"("sub":"c")"), "pair") << "the key's own name is no client's";
  EXPECT_EQ(rule_of_both(of_user, R"("sub":"ada")"), "");
  EXPECT_EQ(rule_of_both(of_user, R"("sub":"bob")"), "pair");
  EXPECT_EQ(rule_of_both(of_tenant, R"("tenant":"acme")"), "");
  EXPECT_EQ(rule_of_both(of_tenant, R"("tenant":"other")"), "pair");
  EXPECT_EQ(rule_of_both(of_tenant, R"("sub":"ada")"), "pair");
}

TEST_F(AppKeysTest, ATokenHasNoScopeThatItsKeyLacks) {
  const std::string narrow = key({.scopes = {"a", "c"}});
  const std::string any = key();
  ASSERT_EQ(compile(with_tokens(", scopes: a")), "");
  EXPECT_EQ(rule_of_both(narrow, R"("scope":"a b")"), "");
  EXPECT_THAT(actor().scopes, ElementsAre("a"));
  EXPECT_EQ(rule_of_both(narrow, R"("scope":"b c")"), "insufficient_scope");
  EXPECT_EQ(rule_of_both(any, R"("scope":"a b")"), "");
  EXPECT_THAT(actor().scopes, ElementsAre("a", "b"));
}

TEST_F(AppKeysTest, AConfigurationThatContradictsItselfIsRefused) {
  EXPECT_THAT(compile(section()), HasSubstr("sallyport keys create"));
  (void)key();
  EXPECT_EQ(compile(section({}, ", header: X-Shop-Api-Key")), "");
  for (const char* name : {"X-Key", "Authorization", "''", "'X-API-Key: x'", "'X-API Key'"}) {
    EXPECT_THAT(compile(section({}, std::string(", header: ") + name)), HasSubstr("is no name")) << name;
  }
  EXPECT_THAT(compile(section(", needs: token")), HasSubstr("nobody may issue"));
  EXPECT_THAT(compile("{ needs: key, issuers: [" + issuer(signer_) + "] }"), HasSubstr("there are none"));
  EXPECT_THAT(compile(with_tokens(", needs: token_and_key, optional: true")), HasSubstr("credentials are optional"));
}

}  // namespace
}  // namespace sallyport::controls::authenticate
