// The claims, rule by rule.
#include "jose/claims.hpp"

#include <gtest/gtest.h>

#include "decode/json.hpp"

namespace sallyport::jose {
namespace {

constexpr std::int64_t now = 1'700'000'000;

TokenRules usual() {
  TokenRules rules;
  rules.issuer = "https://issuer.test/";
  rules.audiences = {"api", "other-api"};
  rules.algorithms = {Algorithm::rs256};
  rules.types = {"JWT", "at+jwt"};
  return rules;
}

// The rule that refuses a token with these further claims, or "". `exp` and `aud` are there unless
// they are given.
std::string rule(const std::string& more, const TokenRules& rules = usual(),
                 std::optional<std::string_view> type = {}) {
  std::string text = R"({"iss":"https://issuer.test/")";
  if (!more.contains("\"aud\"")) text += R"(,"aud":"api")";
  if (!more.contains("\"exp\"")) text += R"(,"exp":)" + std::to_string(now + 600);
  text += (more.empty() ? "" : "," + more) + "}";
  Arena arena;
  Jws jws{.payload = text, .algorithm = Algorithm::rs256, .type = type};
  const auto claims = read_claims(jws, arena);
  if (!claims) return std::string(claims.error().rule);
  const auto wrong = check_claims(jws, **claims, rules, now);
  return wrong ? std::string(wrong->rule) : "";
}

std::string at(const char* name, const std::string& value) { return '"' + std::string(name) + "\":" + value; }
std::string in(const char* name, std::int64_t seconds) { return at(name, std::to_string(now + seconds)); }

TEST(Claims, AreOneObject) {
  const auto read = [](std::string_view payload) {
    Arena arena;
    return read_claims(Jws{.payload = payload}, arena).has_value();
  };
  EXPECT_TRUE(read("{}"));
  for (const char* text : {"", "[]", "1", "{}x", R"({"a":1,"a":1})", R"({"a":"\ud800"})", "\xef\xbb\xbf{}", "{/**/}"}) {
    EXPECT_FALSE(read(text)) << text;
  }
  EXPECT_TRUE(read(R"({"n":1e308})"));
  EXPECT_FALSE(read(R"({"n":1e309})"));
  EXPECT_FALSE(read(R"({"n":[-1e400]})"));
  EXPECT_FALSE(read(R"({"n":)" + std::string(400, '9') + "}"));
}

TEST(Claims, IssuerIsExact) {
  TokenRules other = usual();
  for (const char* issuer : {"https://issuer.test", "https://ISSUER.test/", "https://evil.test/", ""}) {
    other.issuer = issuer;
    EXPECT_EQ(rule("", other), "issuer") << issuer;
  }
  Arena arena;
  const Jws jws{.payload = R"({"aud":"api","exp":9000000000})", .algorithm = Algorithm::rs256};
  EXPECT_EQ(check_claims(jws, **read_claims(jws, arena), usual(), now)->rule, "issuer");
}

TEST(Claims, AudienceIsOneOfOurs) {
  EXPECT_EQ(rule(R"("aud":"other-api")"), "");
  EXPECT_EQ(rule(R"("aud":["x","api"])"), "");
  for (const char* audience : {R"("x")", R"("API")", R"("*")", R"("")", "[]", R"(["x"])", R"("api ")"}) {
    EXPECT_EQ(rule(at("aud", audience)), "audience") << audience;
  }
  for (const char* audience : {"1", "null", "{}", "[1]", R"(["api",1])"}) {
    EXPECT_EQ(rule(at("aud", audience)), "claim_type") << audience;
  }
  Arena arena;
  const Jws jws{.payload = R"({"iss":"https://issuer.test/","exp":9000000000})", .algorithm = Algorithm::rs256};
  EXPECT_EQ(check_claims(jws, **read_claims(jws, arena), usual(), now)->rule, "claim_missing");
}

TEST(Claims, ExpiryIsRequiredAndHolds) {
  EXPECT_EQ(rule(in("exp", -59)), "");
  EXPECT_EQ(rule(in("exp", -60)), "expired");
  EXPECT_EQ(rule(at("exp", "-1")), "expired");
  EXPECT_EQ(rule(at("exp", std::to_string(now + 5) + ".5")), "");
  EXPECT_EQ(rule(at("exp", "1.7e10")), "");
  for (const char* value : {R"("9999999999")", "null", "true", "[9999999999]", "9007199254740994"}) {
    EXPECT_EQ(rule(at("exp", value)), "claim_type") << value;
  }
  Arena arena;
  const Jws jws{.payload = R"({"iss":"https://issuer.test/","aud":"api"})", .algorithm = Algorithm::rs256};
  EXPECT_EQ(check_claims(jws, **read_claims(jws, arena), usual(), now)->rule, "claim_missing");
  TokenRules strict = usual();
  strict.leeway = 0;
  EXPECT_EQ(rule(in("exp", 1), strict), "");
  EXPECT_EQ(rule(in("exp", 0), strict), "expired");
}

TEST(Claims, NotBeforeAndIssuedAt) {
  EXPECT_EQ(rule(in("nbf", 60)), "");
  EXPECT_EQ(rule(in("nbf", 61)), "not_yet_valid");
  EXPECT_EQ(rule(in("iat", 60)), "");
  EXPECT_EQ(rule(in("iat", 61)), "issued_in_future");
  EXPECT_EQ(rule(at("nbf", R"("0")")), "claim_type");
  EXPECT_EQ(rule(at("iat", R"("now")")), "claim_type");
}

TEST(Claims, LifetimeIsBounded) {
  TokenRules rules = usual();
  rules.max_lifetime = 3600;
  EXPECT_EQ(rule(in("iat", -600) + "," + in("exp", 3000), rules), "");
  EXPECT_EQ(rule(in("iat", -600) + "," + in("exp", 3001), rules), "lifetime");
  EXPECT_EQ(rule(in("exp", 3660), rules), "");
  EXPECT_EQ(rule(in("exp", 3661), rules), "lifetime");
}

TEST(Claims, NamesAreText) {
  for (const char* name : {"sub", "jti", "client_id", "azp"}) {
    EXPECT_EQ(rule(at(name, "7")), "claim_type") << name;
    EXPECT_EQ(rule(at(name, R"("x")")), "") << name;
  }
}

TEST(Claims, RequiredOnesAreThere) {
  TokenRules rules = usual();
  rules.required = {"sub"};
  EXPECT_EQ(rule("", rules), "claim_missing");
  EXPECT_EQ(rule(R"("sub":"")", rules), "claim_missing");
  EXPECT_EQ(rule(R"("sub":"u")", rules), "");
  rules.required = {"tenant"};
  EXPECT_EQ(rule(R"("tenant":null)", rules), "claim_missing");
}

TEST(Claims, AlgorithmAndTypeAreTheIssuers) {
  TokenRules rules = usual();
  rules.algorithms = {Algorithm::es256};
  EXPECT_EQ(rule("", rules), "algorithm");
  EXPECT_EQ(rule("", usual(), "AT+JWT"), "");
  EXPECT_EQ(rule("", usual(), "application/at+jwt"), "");
  EXPECT_EQ(rule("", usual(), "logout+jwt"), "type");
  EXPECT_EQ(rule("", usual(), ""), "type");
  rules = usual();
  rules.untyped = false;
  EXPECT_EQ(rule("", rules), "type");
  EXPECT_EQ(rule("", rules, "jwt"), "");
}

TEST(Claims, AreFoundByPath) {
  Arena arena;
  const Jws jws{.payload = R"({"a.b":"whole","a":{"b":"inner","c":{"d":"deep"}},"x":1})"};
  const auto claims = read_claims(jws, arena);
  EXPECT_EQ(find_claim(**claims, "a.b")->text(), "whole");
  EXPECT_EQ(find_claim(**claims, "a.c.d")->text(), "deep");
  EXPECT_EQ(find_claim(**claims, "a.x"), nullptr);
  EXPECT_EQ(find_claim(**claims, "x.y"), nullptr);
  EXPECT_EQ(find_claim(**claims, ""), nullptr);
}

TEST(Claims, WordsOfStringsAndLists) {
  Arena arena;
  using Words = std::vector<std::string_view>;
  const auto words = [&](std::string_view json, const std::vector<std::string>& paths = {"s"}) -> Words {
    const auto found = words_of(**decode::parse_json(arena.copy(json), arena), paths, arena);
    return {found.begin(), found.end()};
  };
  EXPECT_EQ(words(R"({"s":"a b:c  d "})"), (Words{"a", "b:c", "d"}));
  EXPECT_EQ(words(R"({"s":"a\tb"})"), (Words{"a\tb"}));
  EXPECT_EQ(words(R"({"s":""})"), Words{});
  EXPECT_EQ(words(R"({"s":["a b","c"]})"), (Words{"a b", "c"}));
  EXPECT_EQ(words(R"({"s":["a",1]})"), Words{});
  EXPECT_EQ(words(R"({"s":{}})"), Words{});
  EXPECT_EQ(words(R"({"s":"a","t":{"u":["b"]}})", {"t.u", "s", "x"}), (Words{"b", "a"}));
}

}  // namespace
}  // namespace sallyport::jose
