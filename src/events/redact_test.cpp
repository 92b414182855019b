#include "events/redact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/base64.hpp"

namespace sallyport::events {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view marker = "zq7marker";

const Redactor& redactor() {
  static const Redactor one(SipKey{1, 2, 3}, std::vector<std::string>{"Employee-Id", "tin"});
  return one;
}

template <class Write>
std::string written(Write write) {
  static std::array<char, 65536> room;
  Sink sink(room.data(), room.size());
  write(sink);
  return std::string(sink.text());
}

std::string query(std::string_view text) {
  return written([&](Sink& out) { redactor().query(text, out); });
}
std::string path(std::string_view text, std::string_view path_template = {}) {
  return written([&](Sink& out) { redactor().path(text, path_template, out); });
}
std::string prose(std::string_view text) {
  return written([&](Sink& out) { redactor().text(text, out); });
}
std::string field(std::string_view name, std::string_view value, FieldName known = FieldName::other) {
  return written([&](Sink& out) { redactor().field(Field{name, value, known}, out); });
}
std::string percent(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += '%';
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789ABCDEF"[c & 15];
  }
  return out;
}
std::string base64(std::string_view text) { return encode_base64(text, Base64::url); }

TEST(Redact, AuthorizationKeepsSchemeAndFingerprint) {
  const auto value = field("Authorization", "Bearer zq7marker.abc", FieldName::authorization);
  EXPECT_THAT(value, testing::MatchesRegex("bearer:[0-9a-f]{16}"));
  EXPECT_EQ(value, field("authorization", "BEARER  zq7marker.abc ", FieldName::authorization));
  EXPECT_NE(value, field("authorization", "Bearer zq7marker.abd", FieldName::authorization));
  EXPECT_THAT(field("Authorization", "zq7marker", FieldName::authorization),
              testing::MatchesRegex("[a-z]+:[0-9a-f]{16}"));
  EXPECT_THAT(field("Authorization", "zq7m{arker abc", FieldName::authorization), Not(HasSubstr("zq7m")));
  const Redactor other(SipKey{9});
  EXPECT_NE(value, written([&](Sink& out) {
              other.field(Field{"Authorization", "Bearer zq7marker.abc", FieldName::authorization}, out);
            }));
}

TEST(Redact, SubprotocolsOfWebSocketsMayBeTokens) {
  EXPECT_EQ(field("Sec-WebSocket-Protocol", "chat, base64url.bearer.zq7marker", FieldName::other), "[redacted]");
}

TEST(Redact, CookiesKeepTheirNames) {
  EXPECT_EQ(field("Cookie", "sid=zq7marker; theme=dark", FieldName::cookie), "sid=[redacted]; theme=[redacted]");
  EXPECT_EQ(field("Cookie", "zq7marker", FieldName::cookie), "[redacted]");
  EXPECT_EQ(field("Set-Cookie", "sid=zq7marker; Path=/; HttpOnly; SameSite=Lax", FieldName::set_cookie),
            "sid=[redacted]; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_THAT(field("Set-Cookie", "a=1; token=zq7marker", FieldName::set_cookie), Not(HasSubstr(marker)));
  EXPECT_THAT(field("Set-Cookie", "a=1; zq7marker", FieldName::set_cookie), Not(HasSubstr(marker)));
}

TEST(Redact, FieldsWithSensitiveNames) {
  for (const char* name :
       {"X-Api-Key", "x-apikey", "X-Auth-Token", "X-Client-Secret", "X-Session-Id", "X-Amz-Signature", "X-Password",
        "X_PASSWD", "X-Aws-Credential", "X-Csrf", "Employee-ID", "X-TIN", "PIN"})
    EXPECT_EQ(field(name, marker), "[redacted]") << name;
  for (const char* name :
       {"Accept", "X-Request-Id", "X-Shipping", "X-Spinner", "X-Country-Code", "X-Key-Count", "X-Author"})
    EXPECT_EQ(field(name, marker), marker) << name;
}

TEST(Redact, QueryNamesInEveryShape) {
  const std::string names[] = {"password",
                               "PassWord",
                               "user[Password]",
                               "user%5BPassword%5D",
                               "access_token",
                               "accessToken",
                               "apiKey",
                               "api-key",
                               "API.KEY",
                               "card-number",
                               "cardNumber",
                               "card+number",
                               "card%20number",
                               "ssn",
                               "user.ssn",
                               "cvv",
                               "cvv2",
                               "pin",
                               "user_pin",
                               "userPin",
                               "client_secret",
                               "X-Amz-Signature",
                               "sig",
                               "code",
                               "a[b][c][token]",
                               "employeeId",
                               "tin",
                               percent("password"),
                               percent(percent("password")),
                               "pass%77ord",
                               "p%61ssword%5B%5D"};
  for (const auto& name : names) {
    const std::string own = name + "=";
    EXPECT_EQ(query(own + "zq7marker"), own + "[redacted]");
    EXPECT_EQ(query("a=1&" + own + "zq7marker&b=2"), "a=1&" + own + "[redacted]&b=2");
    EXPECT_THAT(query("a=1;" + own + "zq7marker"), Not(HasSubstr(marker)));
    EXPECT_THAT(query("?" + own + "zq7marker"), Not(HasSubstr(marker)));
    EXPECT_THAT(query(own + "x;zq7marker"), Not(HasSubstr(marker)));
    EXPECT_THAT(query(own + "=zq7marker"), Not(HasSubstr(marker)));
  }
}

TEST(Redact, OrdinaryQueriesStayAsTheyAre) {
  for (const char* text : {"",
                           "page=2&sort=name",
                           "q=hello+world",
                           "id=018f3a5e-7b1c-7c3e-8a55-0123456789ab",
                           "shipping=express&spin=1",
                           "filter%5Bstatus%5D=open",
                           "country_code=DE",
                           "ids=1,2,3",
                           "ids=507f1f77bcf86cd799439011",
                           "from=2026-01-01T00:00:00Z",
                           "name=M%C3%BCller",
                           "title=The-Annual-Report-Of-2026-And-All",
                           "ulid=01ARZ3NDEKTSV4RRFFQ69G5FAV",
                           "filter={\"status\":\"open\"}",
                           "a=b=c",
                           "&&&",
                           "=",
                           "%",
                           "%zz",
                           "a=%"})
    EXPECT_EQ(query(text), text);
}

TEST(Redact, ValuesHiddenInLayers) {
  const std::string json = R"({"user":{"password":"zq7marker"}})";
  const std::string form = "a=1&password=zq7marker";
  const std::string shapes[] = {
      json,
      percent(json),
      percent(percent(json)),
      base64(json),
      percent(base64(json)),
      base64(base64(json)),
      base64(percent(form)),
      percent(form),
      base64(form),
      encode_base64(json, Base64::standard),
      percent(encode_base64(json, Base64::standard)),
      R"([{"password" : "zq7marker"}])",
      R"({"data":"{\"password\":\"zq7marker\"}"})",
      R"({"pass\u0077ord":"zq7marker"})",
      R"({"a":"password\u003dzq7marker"})",
      percent("https://joe:zq7marker@example.com/"),
      percent("https://example.com/cb?access_token=zq7marker"),
      percent(percent(percent(percent(percent(percent(form)))))),
  };
  for (const auto& shape : shapes) {
    const auto out = query("data=" + shape);
    EXPECT_THAT(out, Not(HasSubstr(marker))) << shape;
    EXPECT_THAT(out, HasSubstr("[redacted]")) << shape;
    EXPECT_THAT(field("X-Data", shape), HasSubstr("[redacted]")) << shape;
    EXPECT_THAT(field("X-Data", "data=" + shape), HasSubstr("[redacted]")) << shape;
    EXPECT_THAT(query("q=1&" + shape), HasSubstr("[redacted]")) << shape;
  }
}

TEST(Redact, EncodedPairsInFrontOfAnAssignment) {
  EXPECT_THAT(query("password%3Dzq7marker=1"), Not(HasSubstr(marker)));
  EXPECT_THAT(query("x%26token%3Dzq7marker=1"), Not(HasSubstr(marker)));
}

TEST(Redact, UserInfoOfUrls) {
  EXPECT_EQ(field("Referer", "https://joe:zq7marker@example.com/a", FieldName::referer),
            "https://[redacted]@example.com/a");
  EXPECT_EQ(field("Referer", "https://zq7marker@example.com/", FieldName::referer), "https://[redacted]@example.com/");
  EXPECT_THAT(field("Host", "joe:zq7marker@example.com", FieldName::host), Not(HasSubstr(marker)));
  EXPECT_THAT(path("https://joe:zq7marker@example.com/a"), Not(HasSubstr(marker)));
  EXPECT_EQ(field("From", "joe@example.com"), "joe@example.com");
}

TEST(Redact, UrlsInFieldsKeepTheirOtherParameters) {
  EXPECT_EQ(field("Referer", "https://example.com/a?token=zq7marker&page=2", FieldName::referer),
            "https://example.com/a?token=[redacted]&page=2");
}

TEST(Redact, JwtsWhereverTheyStand) {
  const std::string jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.zq7markerzq7markerzq7marker";
  for (const auto& out : {query("x=" + jwt), query(jwt), path("/a/" + jwt + "/b"), field("X-Custom", jwt),
                          field("X-Custom", "some " + jwt), field("X-Custom", "a,b," + jwt), prose("bad: " + jwt)}) {
    EXPECT_THAT(out, Not(HasSubstr(marker)));
    EXPECT_THAT(out, Not(HasSubstr("eyJzdWIi")));
    EXPECT_THAT(out, HasSubstr("[redacted]"));
  }
}

TEST(Redact, SchemesInFrontOfACredential) {
  for (const char* text : {"Bearer zq7marker", "bearer zq7marker", "Basic zq7marker", "a=1, Bearer zq7marker"})
    EXPECT_THAT(field("X-Original", text), Not(HasSubstr(marker))) << text;
  EXPECT_THAT(prose("refused 'Bearer zq7marker' of the client"), Not(HasSubstr(marker)));
  EXPECT_EQ(prose("the bearer token is expired"), "the bearer token is expired");
}

TEST(Redact, LongRandomStringsInPathAndQuery) {
  for (const char* secret :
       {"8f14e45fceea167a5a36dedd4bea2543", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "AbC9dEf8GhI7jKl6MnO5pQr4"}) {
    EXPECT_EQ(path("/v1/" + std::string(secret) + "/x"), "/v1/[redacted]/x");
    EXPECT_EQ(query("ref=" + std::string(secret)), "ref=[redacted]");
  }
  for (const char* id : {"/v1/orders/018f3a5e-7b1c-7c3e-8a55-0123456789ab", "/v1/users/507f1f77bcf86cd799439011",
                         "/blog/2026-10-the-annual-report-of-the-company", "/static/js/Main.Component.Bundle.js"})
    EXPECT_EQ(path(id), id);
}

TEST(Redact, PathVariablesWithSensitiveNames) {
  EXPECT_EQ(path("/reset/zq7marker", "/reset/{token}"), "/reset/[redacted]");
  EXPECT_EQ(path("/reset/zq7marker/done", "/reset/{resetToken}/done"), "/reset/[redacted]/done");
  EXPECT_EQ(path("/v1/users/42/pin/zq7marker", "/v1/users/{userId}/pin/{pin}"), "/v1/users/42/pin/[redacted]");
  EXPECT_EQ(path("/f/zq7marker.txt", "/f/{session}.txt"), "/f/[redacted]");
  EXPECT_EQ(path("/f/a.zq7marker", "/f/{id}.{token}"), "/f/[redacted]");
  EXPECT_EQ(path("/v1/orders/42", "/v1/orders/{orderId}"), "/v1/orders/42");
  EXPECT_EQ(path("/", "/"), "/");
  EXPECT_EQ(path("*"), "*");
  EXPECT_THAT(path("/a;token=zq7marker/b"), Not(HasSubstr(marker)));
}

TEST(Redact, ProseOfTheGatewayStaysReadable) {
  for (const char* text : {"token: expired", "status 404: no such path", "header is longer than 8192 bytes",
                           "parameter \"page\": expected an integer"})
    EXPECT_EQ(prose(text), text);
  for (const char* text : {"password: zq7marker", "bad line X-Api-Key: zq7marker", "query a=1&token=zq7marker",
                           "in {\"secret\":\"zq7marker\"}"})
    EXPECT_THAT(prose(text), Not(HasSubstr(marker))) << text;
}

TEST(Redact, SensitiveValuesWithSpacesGoToTheEnd) {
  EXPECT_EQ(field("X-Debug", "a=1, password=zq7 marker; and more"), "a=1, password=[redacted]");
}

TEST(Redact, LongTextsAreCutAndNothingLeaksAtTheCut) {
  const std::string filler(4080, 'x');
  EXPECT_THAT(query("a=" + filler + "&password=zq7marker"), Not(HasSubstr("zq7")));
  EXPECT_THAT(field("X-A", filler + " https://joe:zq7marker" + std::string(9000, 'y') + "@h/"),
              Not(HasSubstr("zq7marker")));
  EXPECT_LT(query("a=" + std::string(1 << 20, '=')).size(), 5000u);
}

TEST(Redact, ManySecretsInOneText) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "token=zq7marker&";
  EXPECT_THAT(query(text), Not(HasSubstr(marker)));
}

TEST(Redact, TheSinkCutsAndSaysSo) {
  std::array<char, 4> room{};
  Sink sink(room.data(), room.size());
  sink.append("abc");
  EXPECT_FALSE(sink.cut());
  sink.append("de");
  EXPECT_TRUE(sink.cut());
  EXPECT_EQ(sink.text(), "abcd");
}

TEST(SensitiveNames, TheTableIsWrittenAsNamesAreCompared) {
  for (const auto& entry : sensitive_names()) {
    for (const char c : entry.word) EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) << entry.word;
    const bool part = entry.match == NameMatch::part;
    EXPECT_TRUE(part ? entry.word.size() >= 4 : entry.word.size() <= 4) << entry.word;
    EXPECT_TRUE(SensitiveNames().contain(entry.word)) << entry.word;
  }
}

TEST(SensitiveNames, NamesThatCannotBeJudgedAreSensitive) {
  EXPECT_TRUE(SensitiveNames().contain(std::string(129, 'a')));
  EXPECT_FALSE(SensitiveNames().contain(std::string(128, 'a')));
  EXPECT_TRUE(SensitiveNames().contain("%25252525252541"));
  EXPECT_FALSE(SensitiveNames().contain(""));
}

}  // namespace
}  // namespace sallyport::events
