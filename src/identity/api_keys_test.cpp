// API keys: their text, the file, and what a change of it does.
#include "identity/api_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/address.hpp"
#include "base/private_file.hpp"
#include "base/testing/scratch_folder.hpp"
#include "identity/api_key_files.hpp"

namespace sallyport::identity {
namespace {

using ::testing::HasSubstr;

TEST(ApiKeyText, IsRecognisableAndNeverTheSame) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) {
    const std::string key = make_api_key().value();
    EXPECT_EQ(key.size(), ApiKeyText::bytes);
    EXPECT_TRUE(key.starts_with("slp_"));
    const auto read = read_api_key(key);
    ASSERT_TRUE(read) << key;
    EXPECT_EQ(read->id, key.substr(4, 8));
    made.insert(key);
  }
  EXPECT_EQ(made.size(), 100u);
}

TEST(ApiKeyText, AnyOtherLetterOrLengthIsFoundByTheChecksum) {
  const std::string key = make_api_key().value();
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string wrong = key;
    wrong[i] = wrong[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(read_api_key(wrong)) << i;
    wrong[i] = '\0';
    EXPECT_FALSE(read_api_key(wrong)) << i;
  }
  EXPECT_FALSE(read_api_key(key + "a"));
  EXPECT_FALSE(read_api_key(key.substr(0, key.size() - 1)));
  EXPECT_FALSE(read_api_key(""));
}

class ApiKeyFileTest : public ::testing::Test {
 protected:
  // A new key with what `record` says; the file is changed.
  std::string add(ApiKeyRecord record) {
    const std::string key = make_api_key().value();
    const auto changed = change_api_keys(path_, [&](ApiKeys& keys) {
      record.id = read_api_key(key)->id;
      record.hash = keys.hash(key);
      return keys.add(record);
    });
    EXPECT_TRUE(changed) << changed.error().text();
    return key;
  }
  static const ApiKeyRecord* find(const ApiKeys& keys, const std::string& key) { return keys.find(*read_api_key(key)); }

  ScratchFolder folder_;
  std::string path_ = folder_.file("keys.json");
};

ApiKeyRecord shop() { return {.name = "shop", .apis = {"orders"}, .created = 1}; }

TEST_F(ApiKeyFileTest, KeepsEverythingButTheKey) {
  ApiKeyRecord all{.name = "a \"shop\"",
                   .apis = {"orders", "stock"},
                   .scopes = {"orders:read"},
                   .roles = {"partner"},
                   .networks = {*config::parse_cidr("10.0.0.0/8")},
                   .client = "c",
                   .subject = "s",
                   .tenant = "t",
                   .created = 5,
                   .expires = 7,
                   .revoked = 6,
                   .replaces = "older"};
  const std::string key = add(all);
  const auto keys = ApiKeys::read(path_);
  ASSERT_TRUE(keys) << keys.error().text();
  const ApiKeyRecord* found = find(*keys, key);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, all.name);
  EXPECT_EQ(found->apis, all.apis);
  EXPECT_EQ(found->scopes, all.scopes);
  EXPECT_EQ(found->roles, all.roles);
  EXPECT_EQ(found->networks, all.networks);
  EXPECT_EQ(found->client + found->subject + found->tenant + found->replaces, "cstolder");
  EXPECT_EQ(found->created, 5);
  EXPECT_EQ(found->expires, 7);
  EXPECT_EQ(found->revoked, 6);
  const std::string file = read_private_file(path_, 10'000).value();
  EXPECT_FALSE(file.contains(key.substr(13, 32)));
  struct stat info{};
  for (const char* end : {"", ".hashing", ".lock"}) {
    ASSERT_EQ(::stat((path_ + end).c_str(), &info), 0) << end;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << end;
  }
}

TEST_F(ApiKeyFileTest, AKeyIsFoundByAllOfItAlone) {
  const std::string key = add(shop());
  const auto keys = ApiKeys::read(path_);
  ASSERT_NE(find(*keys, key), nullptr);
  EXPECT_EQ(find(*keys, make_api_key().value()), nullptr);
  const std::string other = make_api_key().value();
  const std::string id(read_api_key(key)->id);
  EXPECT_EQ(keys->find({other, id}), nullptr) << "another secret under its name";
  // Another key for hashing: what was copied without it is worth nothing.
  const auto copied = ApiKeys::parse(read_private_file(path_, 10'000).value(), std::string(32, 'x'));
  EXPECT_EQ(find(*copied, key), nullptr);
}

TEST_F(ApiKeyFileTest, IsForItsApisAndFromItsNetworks) {
  ApiKeyRecord record = shop();
  EXPECT_TRUE(record.is_for("orders"));
  EXPECT_FALSE(record.is_for("order"));
  EXPECT_FALSE(record.is_for("*"));
  record.apis = {"*"};
  EXPECT_TRUE(record.is_for("anything"));
  EXPECT_TRUE(record.is_from(*parse_address("8.8.8.8")));
  record.networks = {*config::parse_cidr("10.0.0.0/8")};
  EXPECT_TRUE(record.is_from(*parse_address("10.1.2.3")));
  EXPECT_FALSE(record.is_from(*parse_address("11.1.2.3")));
}

TEST_F(ApiKeyFileTest, WhatIsNotUnderstoodIsRefused) {
  const std::string hash(43, 'A');
  const std::string good = R"("id":"a","hash":")" + hash + R"(","name":"n","apis":["x"],"created":1)";
  const auto read = [](const std::string& record) {
    return ApiKeys::parse(R"({"version":1,"keys":[{)" + record + "}]}", std::string(32, 'x'));
  };
  EXPECT_TRUE(read(good));
  for (const char* more : {R"(,"only_on":"monday")", R"(,"expires":"7")", R"(,"expires":1.5)", R"(,"scopes":"a")",
                           R"(,"scopes":[1])", R"(,"networks":["10.0.0.1/8"])", R"(,"tenant":null)"}) {
    EXPECT_FALSE(read(good + more)) << more;
  }
  EXPECT_FALSE(read(good + "},{" + good)) << "two of one id";
  for (const char* left_out : {R"("id":"a",)", R"("name":"n",)", R"("apis":["x"],)", R"(,"created":1)"}) {
    std::string some = good;
    some.erase(some.find(left_out), std::string_view(left_out).size());
    EXPECT_FALSE(read(some)) << left_out;
  }
  for (const char* text :
       {"", "[]", "{}", R"({"version":2,"keys":[]})", R"({"version":1})", R"({"version":1,"keys":{}})"}) {
    EXPECT_FALSE(ApiKeys::parse(text, std::string(32, 'x'))) << text;
  }
}

TEST_F(ApiKeyFileTest, TextsAndListsHaveLimits) {
  ApiKeys keys = ApiKeys::none(std::string(32, 'x'));
  ApiKeyRecord record = shop();
  record.hash = keys.hash("k");
  record.id = "1";
  record.name = std::string(ApiKeys::max_name, 'n');
  record.apis.assign(ApiKeys::max_list, "a");
  EXPECT_TRUE(keys.add(record));
  record.id = "2";
  record.name += 'n';
  EXPECT_FALSE(keys.add(record));
  record.name = "n";
  record.apis.emplace_back("a");
  EXPECT_FALSE(keys.add(record));
  EXPECT_TRUE(ApiKeys::parse(keys.json(), std::string(32, 'x')));
}

TEST_F(ApiKeyFileTest, OthersMustNotReadIt) {
  (void)add(shop());
  for (const char* end : {"", ".hashing"}) {
    ::chmod((path_ + end).c_str(), 0640);
    EXPECT_FALSE(ApiKeys::read(path_)) << end;
    EXPECT_FALSE(change_api_keys(path_, [](ApiKeys&) { return Result<void>(); })) << end;
    ::chmod((path_ + end).c_str(), 0600);
  }
  EXPECT_TRUE(ApiKeys::read(path_));
}

TEST_F(ApiKeyFileTest, AChangeThatFailsChangesNothing) {
  (void)add(shop());
  const std::string before = read_private_file(path_, 10'000).value();
  EXPECT_FALSE(change_api_keys(path_, [](ApiKeys& keys) -> Result<void> {
    keys.edit(keys.all().front().id)->revoked = 1;
    return fail(ErrorCode::invalid, "no");
  }));
  EXPECT_EQ(read_private_file(path_, 10'000).value(), before);
}

TEST_F(ApiKeyFileTest, ARunningProgramReadsItAgainWhenItChanges) {
  engine::Services services;
  auto& files = services.part<ApiKeyFiles>();
  EXPECT_EQ(files.get(path_).error().code, ErrorCode::not_found);
  const std::string key = add(shop());
  const auto file = files.get(path_).value();
  EXPECT_EQ(files.get(path_).value(), file);
  EXPECT_NE(find(*file->keys(), key), nullptr);
  const auto before = file->keys();
  files.look();
  EXPECT_EQ(file->keys(), before) << "it did not change";
  ASSERT_TRUE(change_api_keys(path_, [&](ApiKeys& keys) -> Result<void> {
    keys.edit(read_api_key(key)->id)->revoked = 1;
    return {};
  }));
  files.look();
  EXPECT_EQ(find(*file->keys(), key)->revoked, 1);
}

TEST_F(ApiKeyFileTest, AFileThatBreaksChangesNothingAndIsToldOnce) {
  engine::Services services;
  auto& files = services.part<ApiKeyFiles>();
  const std::string key = add(shop());
  const auto file = files.get(path_).value();
  ASSERT_TRUE(replace_private_file(path_, "no keys"));
  EXPECT_TRUE(file->look());
  EXPECT_FALSE(file->look());
  ASSERT_TRUE(file->failure());
  EXPECT_NE(find(*file->keys(), key), nullptr);
  EXPECT_FALSE(files.get(path_)) << "but no configuration is taken with it";
  std::filesystem::remove(path_);
  EXPECT_TRUE(file->look());
  EXPECT_FALSE(file->look());
  EXPECT_NE(find(*file->keys(), key), nullptr);
}

}  // namespace
}  // namespace sallyport::identity
