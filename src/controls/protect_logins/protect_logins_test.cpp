// What the cases cannot say: other sources, other times, counters that nodes share.
#include <gtest/gtest.h>

#include "controls/protect_logins/testing/site.hpp"

namespace sallyport::controls::protect_logins {
namespace {

using testing::SharedStore;
using testing::Site;
using testing::Try;

// Of a network of its own for each number.
std::string elsewhere(int number) {
  return "10." + std::to_string(number / 250) + "." + std::to_string(number % 250) + ".9";
}
std::string account(int number) { return "user" + std::to_string(number) + "@example.com"; }
std::string password(int number) { return "guess-" + std::to_string(number); }
const std::string alone = "{ device: [], accounts_by_password: off }";

TEST(ProtectLogins, GuessesOnOneAccountFromEverywhere) {
  Site site(alone);
  int through = 0;
  for (int i = 0; i < 100; ++i) through += site.call({.password = password(i), .from = elsewhere(i)}) == 401 ? 1 : 0;
  EXPECT_EQ(through, 10);
  EXPECT_EQ(site.rule(), "account");
  EXPECT_TRUE(site.detail().ends_with(": 10/15m")) << site.detail();
  EXPECT_FALSE(site.detail().contains("ana")) << "accounts are not named";
  EXPECT_EQ(site.retry_after, 90);
  EXPECT_EQ(site.of(1, {.account = " ANA@example.com"}), 0) << "another spelling is the same account";
  EXPECT_EQ(site.of(1, {.account = "bela@example.com"}), 1);
}

TEST(ProtectLogins, WaitsGrowAndEnd) {
  Site site("{ device: [], network: [], address: [], accounts_by_password: off }");
  EXPECT_EQ(site.of(20, {}), 10);
  for (int i = 0; i < 20; ++i) {
    site.now_us += 90 * Site::second;
    EXPECT_EQ(site.of(3, {}), 1) << i;
  }
  site.now_us += 90 * Site::second;
  EXPECT_EQ(site.of(1, {}), 0) << "thirty in a day";
  EXPECT_GT(site.retry_after, 600);
  site.now_us += std::int64_t{86'400} * Site::second;
  EXPECT_EQ(site.of(1, {}), 1) << "no lock is for good";
}

TEST(ProtectLogins, NobodyIsLockedOutByStrangers) {
  Site site(alone);
  EXPECT_EQ(site.call({.from = "198.51.100.7", .agent = "Mine", .status = 200}), 200);
  for (int i = 0; i < 200; ++i) site.call({.password = password(i), .from = elsewhere(i)});
  EXPECT_EQ(site.call({.from = "203.0.113.9", .agent = "New", .status = 200}), 429) << "a source that is not known";
  EXPECT_EQ(site.call({.from = "198.51.100.7", .agent = "Mine", .status = 200}), 200) << "the same place and device";
  EXPECT_EQ(site.call({.from = "198.51.100.7", .agent = "Update", .status = 200}), 200) << "the same place";
  EXPECT_EQ(site.call({.from = "203.0.113.80", .agent = "Mine", .status = 200}), 200) << "the same device";
}

TEST(ProtectLogins, AKnownSourceIsCountedByItself) {
  Site site(alone);
  ASSERT_EQ(site.call({.status = 200}), 200);
  EXPECT_EQ(site.of(20, {}), 10);
  EXPECT_EQ(site.rule(), "known_source");
  EXPECT_EQ(site.call({.from = "203.0.113.9", .agent = "Other"}), 401) << "what it used up is its own";
  site.now_us += Counters::known_us + Site::second;
  EXPECT_EQ(site.of(20, {}), 10) << "after a week it is as anybody";
  EXPECT_EQ(site.rule(), "account");
}

TEST(ProtectLogins, ADeviceThatIsKnownSomewhereElseIsNoWayAroundTheAddress) {
  Site site(alone);
  for (int i = 0; i < 60; ++i) ASSERT_EQ(site.call({.account = account(i), .from = elsewhere(i), .status = 200}), 200);
  int through = 0;
  for (int i = 0; i < 60; ++i) through += site.call({.account = account(i), .from = "203.0.113.9"}) == 401 ? 1 : 0;
  EXPECT_EQ(through, 15);
  EXPECT_EQ(site.rule(), "stuffing");
}

TEST(ProtectLogins, SuccessesCostNothing) {
  Site site;
  EXPECT_EQ(site.of(500, {.status = 200}), 500);
  EXPECT_EQ(site.of(500, {.status = 302}), 500);
}

TEST(ProtectLogins, FailuresOfOneAddress) {
  Site site("{ accounts_by_address: off, accounts_by_network: off, accounts_by_password: off }");
  int through = 0;
  for (int i = 0; i < 50; ++i) through += site.call({.account = account(i), .password = password(i)}) == 401 ? 1 : 0;
  EXPECT_EQ(through, 20);
  EXPECT_EQ(site.rule(), "address");
  EXPECT_EQ(site.of(1, {.account = "none", .from = "192.0.2.2"}), 1);
}

TEST(ProtectLogins, AddressesOfOneNetwork) {
  Site site("{ accounts_by_network: off, accounts_by_password: off, device: [] }");
  int through = 0;
  const auto guess = [](int i, std::string from) {
    return Try{.account = account(i), .password = password(i), .from = std::move(from)};
  };
  for (int i = 0; i < 200; ++i) through += site.call(guess(i, "192.0.2." + std::to_string(i))) == 401 ? 1 : 0;
  EXPECT_EQ(through, 100);
  EXPECT_EQ(site.rule(), "network");
  EXPECT_EQ(site.call(guess(999, "192.0.3.1")), 401);
}

TEST(ProtectLogins, Ipv6CountsByTheHalfThatIsOneSites) {
  Site site("{ accounts_by_address: off, accounts_by_password: off }");
  int through = 0;
  for (int i = 0; i < 50; ++i) {
    through +=
        site.call({.account = account(i), .password = password(i), .from = "2001:db8::" + std::to_string(i)}) == 401;
  }
  EXPECT_EQ(through, 20);
  EXPECT_EQ(site.call({.account = "z", .password = "z", .from = "2001:db8:0:1::1"}), 401) << "another /64";
}

TEST(ProtectLogins, StuffingFromOneAddressAndFromOneNetwork) {
  Site site(alone);
  int through = 0;
  for (int i = 0; i < 40; ++i) through += site.call({.account = account(i), .password = password(i)}) == 401 ? 1 : 0;
  EXPECT_EQ(through, 15) << "accounts of one address";
  EXPECT_EQ(site.rule(), "stuffing");
  EXPECT_EQ(site.call({.account = account(0), .password = "again"}), 401) << "the same account is no further one";
  through = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string from = "198.51.100." + std::to_string(i);
    through += site.call({.account = account(100 + i), .password = password(i), .from = from}) == 401 ? 1 : 0;
  }
  EXPECT_EQ(through, 60) << "accounts of one network";
}

TEST(ProtectLogins, OnePasswordOnManyAccounts) {
  Site site("{ device: [] }");
  int through = 0;
  for (int i = 0; i < 50; ++i)
    through += site.call({.account = account(i), .password = "Summer2026!", .from = elsewhere(i)}) == 401 ? 1 : 0;
  EXPECT_EQ(through, 10);
  EXPECT_EQ(site.rule(), "spraying");
  EXPECT_EQ(site.call({.account = account(90), .password = "another", .from = elsewhere(90)}), 401);
  EXPECT_EQ(site.of(9, {.account = account(0), .password = "Summer2026!", .from = elsewhere(0)}), 9)
      << "on the same account it is no further one";
}

TEST(ProtectLogins, ADeviceThatOnlyFails) {
  Site site("{ accounts_by_password: off }");
  int through = 0;
  const auto guess = [](int i, int status) {
    return Try{.account = account(i), .password = password(i), .from = elsewhere(i), .agent = "bot", .status = status};
  };
  for (int i = 0; i < 300; ++i) through += site.call(guess(i, 401)) == 401 ? 1 : 0;
  EXPECT_EQ(through, 200);
  EXPECT_EQ(site.rule(), "device");
  Site popular("{ accounts_by_password: off }");
  through = 0;
  for (int i = 0; i < 900; ++i) through += popular.call(guess(i, i % 3 == 0 ? 200 : 401)) != 429 ? 1 : 0;
  EXPECT_EQ(through, 900) << "a browser with which people get in as well";
}

TEST(ProtectLogins, AThousandAtOnceAreAThousand) {
  Site site(alone);
  int under_way = 0;
  for (int i = 0; i < 100; ++i) {
    const Try one{.password = password(i), .from = elsewhere(i)};
    site.begin(one);
    under_way += site.request(one) == 0 ? 1 : 0;
  }
  EXPECT_EQ(under_way, 10);
}

TEST(ProtectLogins, WhatFailsForOtherReasonsIsNoGuess) {
  Site site;
  EXPECT_EQ(site.of(200, {.status = 503}), 200);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(site.call({.status = 0}), 0) << i;
    site.transaction.end();
  }
  EXPECT_EQ(site.call({}), 401);
}

TEST(ProtectLogins, ARefusedTryIsNone) {
  Site site("{ account: [3/1h], address: [5/1h], network: [], device: [], accounts_by_password: off }");
  EXPECT_EQ(site.of(50, {}), 3);
  EXPECT_EQ(site.of(5, {.account = "bela"}), 2) << "the address was charged for three";
}

TEST(ProtectLogins, SuccessByAFieldOfTheAnswer) {
  const std::string section =
      "{ operations: [{ operation: POST /login, success_field: result.ok, success_values: ['true', 'yes'] }] }";
  Site site(section);
  EXPECT_EQ(site.of(50, {.status = 200, .answer = R"({"result":{"ok":true}})"}), 50);
  EXPECT_EQ(site.of(50, {.status = 200, .answer = R"({"result":{"ok":"yes"}})"}), 50);
  for (const char* answer : {R"({"result":{"ok":false}})", R"({"result":{"ok":[true]}})", "{}", "not json", ""}) {
    Site another(section);
    EXPECT_EQ(another.of(50, {.status = 200, .answer = answer}), 10) << answer;
  }
  Site status(section);
  EXPECT_EQ(status.of(50, {.status = 401, .answer = R"({"result":{"ok":true}})"}), 10);
}

TEST(ProtectLogins, StatusesAsTheOwnerSays) {
  Site site("{ operations: [{ operation: POST /login, success_status: 204, failure_status: 500 }] }");
  EXPECT_EQ(site.of(50, {.status = 204}), 50);
  EXPECT_EQ(Site("{ operations: [{ operation: POST /login, success_status: 204 }] }").of(50, {.status = 200}), 10);
  EXPECT_EQ(site.of(50, {.account = "x", .from = "203.0.113.1", .status = 500}), 10);
}

TEST(ProtectLogins, EveryCallCountsWhereTheOwnerSaysSo) {
  Site site("{ operations: [{ operation: POST /forgot, every: true }] }");
  EXPECT_EQ(site.of(50, {.status = 202, .line = "POST /forgot"}), 10);
  EXPECT_EQ(site.of(5, {.line = "POST /login"}), 5) << "log-ins have counters of their own";
}

TEST(ProtectLogins, WhereTheNameStands) {
  const auto through = [](const std::string& section, const std::string& body, const char* type = "application/json",
                          const std::string& fields = "") {
    Site site(section);
    int sum = 0;
    for (int i = 0; i < 30; ++i)
      sum +=
          site.call({.from = elsewhere(i), .agent = std::to_string(i), .body = body, .type = type, .fields = fields}) ==
          401;
    return sum;
  };
  EXPECT_EQ(through(alone, R"({"user":{"user_name":"a","password":"b"}})"), 10);
  EXPECT_EQ(through(alone, "username=a&password=b", "application/x-www-form-urlencoded"), 10);
  EXPECT_EQ(through(alone, R"({"uid":5})"), 10) << "numbers are names as well";
  EXPECT_EQ(
      through(alone, "grant_type=client_credentials&client_id=a&client_secret=b", "application/x-www-form-urlencoded"),
      10);
  const char* const form = "application/x-www-form-urlencoded";
  EXPECT_EQ(through(alone, "grant_type=password&username=a&password=b&client_id=c", form), 10);
  EXPECT_EQ(through(alone, "grant_type=refresh_token&refresh_token=r&client_id=c", form), 30) << "of many users";
  EXPECT_EQ(through(alone, "grant_type=refresh_token&refresh_token=r", form, "Authorization: Basic YW5hOnB3\r\n"), 30);
  EXPECT_EQ(through(alone, "grant_type=client_credentials", form, "Authorization: Basic YW5hOnB3\r\n"), 10);
  const char* const parts = "--b\r\nContent-Disposition: form-data; name=login\r\n\r\na\r\n--b--\r\n";
  EXPECT_EQ(through(alone, parts, "multipart/form-data; boundary=b"), 10);
  EXPECT_EQ(through(alone, "<in><user>a</user><pin>1</pin></in>", "application/xml"), 10);
  EXPECT_EQ(through(alone, "{}", "application/json", "Authorization: Basic YW5hOnB3\r\n"), 10);
  EXPECT_EQ(through(alone, R"({"nick":"a"})"), 30) << "a name that nobody would look for";
  const std::string told =
      "{ device: [], accounts_by_password: off, operations: [{ operation: POST /login, account: [x, who.nick] }] }";
  EXPECT_EQ(through(told, R"({"who":{"nick":"a"}})"), 10);
  EXPECT_EQ(through(told, "x=a&x=b", "application/x-www-form-urlencoded"), 10);
  EXPECT_EQ(through(told, R"({"email":"a"})"), 30) << "only what the owner says";
}

TEST(ProtectLogins, SeveralNamesAreAllCounted) {
  Site site(alone);
  int through = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string body =
        R"({"username":"decoy)" + std::to_string(i) + R"(","email":"ana@example.com","password":"x"})";
    through += site.call({.from = elsewhere(i), .body = body}) == 401 ? 1 : 0;
  }
  EXPECT_EQ(through, 10);
  // Whose success it was nobody can tell.
  EXPECT_EQ(
      site.call(
          {.from = "203.0.113.1", .status = 200, .body = R"({"username":"mallory","email":"bela","password":"x"})"}),
      200);
  for (int i = 0; i < 30; ++i) site.call({.account = "bela", .from = elsewhere(100 + i)});
  EXPECT_EQ(site.call({.account = "bela", .from = "203.0.113.1"}), 429) << "it is not known there";
}

TEST(ProtectLogins, WhatCannotBeReadIsRefused) {
  Site site;
  const auto refused = [&](const std::string& body, const char* type = "application/json") {
    const int status = site.call({.body = body, .type = type});
    return status == 401 ? std::string("passed") : site.rule();
  };
  EXPECT_EQ(refused(R"({"email":"a","username":"b","login":"c"})"), "passed");
  EXPECT_EQ(refused(R"({"email":"a","username":"b","login":"c","phone":"d"})"), "account_unclear");
  EXPECT_EQ(refused(R"({"email":"a","username":"a","login":"A","phone":"a "})"), "passed") << "the same name";
  EXPECT_EQ(refused(R"({"email":["a"]})"), "account_form");
  EXPECT_EQ(refused(R"({"email":null})"), "account_form");
  EXPECT_EQ(refused(R"({"email":{"$ne":""}})"), "account_form");
  EXPECT_EQ(refused(R"({"user":{"email":["a"]}})"), "account_form");
  const auto elements = [](int count) {
    std::string out = "<in>";
    for (int i = 1; i < count; ++i) out += "<x>1</x>";
    return out + "<user>a</user></in>";
  };
  EXPECT_EQ(refused(elements(255), "application/xml"), "passed");
  EXPECT_EQ(refused(elements(256), "application/xml"), "account_unclear");
  EXPECT_EQ(refused(R"({"email":)"), "body");
  EXPECT_EQ(refused(R"({"email":"a"})", "application/x-unheard-of"), "media_type");
  EXPECT_EQ(site.problem.status, 415);
}

TEST(ProtectLogins, NothingTellsWhetherAnAccountExists) {
  Site site(alone);
  ASSERT_EQ(site.call({.account = "real", .from = "198.51.100.7", .agent = "Mine", .status = 200}), 200);
  std::vector<std::string> seen[2];
  for (int which = 0; which < 2; ++which) {
    for (int i = 0; i < 15; ++i) {
      const int status = site.call(
          {.account = which == 0 ? "real" : "none", .password = password(i), .from = elsewhere(20 * which + i)});
      seen[which].push_back(std::to_string(status) + ' ' + (status == 429 ? std::string(site.problem.detail) : ""));
    }
  }
  EXPECT_EQ(seen[0], seen[1]);
}

TEST(ProtectLogins, ObserveRefusesNobodyAndLearns) {
  Site site(alone, nullptr, Mode::observe);
  EXPECT_EQ(site.of(30, {}), 30);
  EXPECT_TRUE(site.noted().contains("account")) << site.noted();
}

TEST(ProtectLogins, FailuresAreNoted) {
  Site site;
  site.call({});
  EXPECT_EQ(site.noted(), "login_failed ");
  site.call({.status = 200});
  EXPECT_EQ(site.noted(), "");
  site.call({.line = "POST /orders"});
  EXPECT_EQ(site.noted(), "");
}

TEST(ProtectLogins, NodesCountTogether) {
  const auto store = std::make_shared<SharedStore>();
  Site one(alone, store);
  Site two(alone, store);
  ASSERT_EQ(one.call({.from = "198.51.100.7", .agent = "Mine", .status = 200}), 200);
  int through = 0;
  for (int i = 0; i < 60; ++i)
    through += (i % 2 == 0 ? one : two).call({.password = password(i), .from = elsewhere(i)}) == 401 ? 1 : 0;
  EXPECT_EQ(through, 10);
  EXPECT_EQ(two.call({.from = "198.51.100.7", .agent = "Mine", .status = 200}), 200) << "known on one is known on both";
  EXPECT_EQ(two.of(100, {.from = "198.51.100.7", .agent = "Mine", .status = 200}), 100)
      << "and successes are given back";
}

TEST(ProtectLogins, ARefusedTryIsNoneOnAnyNode) {
  const auto store = std::make_shared<SharedStore>();
  Site site("{ account: [3/1h], address: [5/1h], network: [], device: [], accounts_by_password: off }", store);
  EXPECT_EQ(site.of(50, {}), 3);
  EXPECT_EQ(site.of(5, {.account = "bela"}), 2);
}

TEST(ProtectLogins, WithoutTheStoreLogInsAreShut) {
  const auto store = std::make_shared<SharedStore>();
  store->away = true;
  Site site(alone, store);
  EXPECT_EQ(site.call({}), 503);
  EXPECT_EQ(site.rule(), "store");
  Site local("{ on_store_error: local, device: [], accounts_by_password: off }", store);
  EXPECT_EQ(local.of(30, {}), 10);
  EXPECT_TRUE(local.noted().contains("store_unanswered")) << local.noted();
  EXPECT_EQ(local.of(100, {.account = "bela", .from = "203.0.113.5", .status = 200}), 100) << "and gives back here";
  Site open("{ on_store_error: allow }", store);
  EXPECT_EQ(open.of(30, {}), 30);
}

TEST(ProtectLogins, Keys) {
  const auto good = [](const std::string& section) {
    config::Report report;
    const auto parsed = document::parse(section, "test").value();
    return descriptor().compile(&parsed.root(), {}, report).has_value();
  };
  EXPECT_TRUE(good("{}"));
  EXPECT_TRUE(good("{ account: 5/m, known: [5/m, 20/h, 50/d], accounts_by_address: off }"));
  EXPECT_FALSE(good("{ account: [5/m, 20/h, 50/d, 99/7d] }"));
  EXPECT_TRUE(good("{ account: 100/7d }"));
  EXPECT_FALSE(good("{ account: 100/8d }"));
  EXPECT_FALSE(good("{ account: 99/month }"));
  EXPECT_FALSE(good("{ operations: [{ operation: x, success_status: 600 }] }"));
  EXPECT_TRUE(good("{ operations: [{ operation: x, success_status: 599 }] }"));
  EXPECT_FALSE(good("{ operations: [{ login: false }] }"));
}

}  // namespace
}  // namespace sallyport::controls::protect_logins
