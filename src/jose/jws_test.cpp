// The compact form and its header, rule by rule.
#include "jose/jws.hpp"

#include <gtest/gtest.h>

#include "jose/testing/signer.hpp"

namespace sallyport::jose {
namespace {

using testing::Signer;

constexpr std::string_view header = R"({"alg":"HS256","kid":"a","typ":"JWT"})";

std::string compact(std::string_view head, std::string_view payload = "{}", std::string_view signature = "s") {
  return Signer::text(head) + "." + Signer::text(payload) + "." + Signer::text(signature);
}

// The rule that refuses the token, or "".
std::string rule(const std::string& token) {
  Arena arena;
  const auto read = read_jws(token, arena);
  return read ? "" : std::string(read.error().rule);
}
std::string rule_of_header(std::string_view head) { return rule(compact(head)); }

TEST(Jws, IsReadAsItCame) {
  Arena arena;
  const std::string token = compact(header, R"({"sub":"u"})", "sig");
  const auto jws = read_jws(token, arena);
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->payload, R"({"sub":"u"})");
  EXPECT_EQ(jws->signature, "sig");
  EXPECT_EQ(jws->signing_input, token.substr(0, token.rfind('.')));
  EXPECT_EQ(jws->algorithm, Algorithm::hs256);
  EXPECT_EQ(jws->key_id, "a");
  EXPECT_EQ(jws->type, "JWT");
}

TEST(Jws, HasThreeParts) {
  for (const char* token : {"", ".", "a.b", "e30.e30.e30.e30", "e30.e30.e30.e30.e30"}) EXPECT_EQ(rule(token), "form");
  EXPECT_EQ(rule(compact(header, "{}", "")), "form") << "an empty signature";
}

TEST(Jws, PartsAreCanonicalBase64url) {
  const std::string good = compact(header);
  EXPECT_EQ(rule(good), "");
  EXPECT_EQ(rule(good + "="), "encoding");
  EXPECT_EQ(rule(good + "\n"), "encoding");
  EXPECT_EQ(rule(" " + good), "encoding");
  EXPECT_EQ(rule(good + "+"), "encoding");
  EXPECT_EQ(rule(good.substr(0, good.size() - 1) + "x"), "encoding") << "bits that are not used";
}

TEST(Jws, HasALimit) {
  const std::size_t overhead = compact(header, "", "s").size();
  const std::size_t payload = (Jws::max_bytes - overhead) / 4 * 3 + (Jws::max_bytes - overhead) % 4 - 1;
  std::string token = compact(header, std::string(payload, 'p'));
  ASSERT_LE(token.size(), Jws::max_bytes);
  EXPECT_EQ(rule(token), "");
  token = compact(header, std::string(payload + 3, 'p'));
  ASSERT_GT(token.size(), Jws::max_bytes);
  EXPECT_EQ(rule(token), "size");
  EXPECT_EQ(rule(std::string(Jws::max_bytes, 'a')), "form");
  EXPECT_EQ(rule(std::string(Jws::max_bytes + 1, 'a')), "size");
}

TEST(Jws, HeaderIsOneObject) {
  for (const char* head : {"", "[]", "7", R"({"alg":"HS256"}x)", R"({"alg":"HS256","alg":"HS256"})", "{'alg':'HS256'}",
                           "\xef\xbb\xbf{\"alg\":\"HS256\"}", R"({"alg":"HS256","x":"\ud800"})"}) {
    EXPECT_EQ(rule_of_header(head), "header") << head;
  }
  EXPECT_EQ(rule_of_header("{ \"alg\" : \"HS256\"\n}"), "");
}

TEST(Jws, HeaderHasSoManyLevels) {
  const auto nested = [](int levels) {
    return R"({"alg":"HS256","x":)" + std::string(static_cast<std::size_t>(levels - 1), '[') +
           std::string(static_cast<std::size_t>(levels - 1), ']') + "}";
  };
  EXPECT_EQ(rule_of_header(nested(64)), "");
  EXPECT_EQ(rule_of_header(nested(65)), "header");
}

TEST(Jws, AlgorithmIsKnownAndNeverNone) {
  for (const char* head : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"hs256"})", R"({"alg":"HS256 "})",
                           R"({"alg":"RS1"})", R"({"alg":""})", "{}"}) {
    EXPECT_EQ(rule_of_header(head), "algorithm") << head;
  }
}

TEST(Jws, AlgKidAndTypAreStrings) {
  EXPECT_EQ(rule_of_header(R"({"alg":256})"), "header");
  EXPECT_EQ(rule_of_header(R"({"alg":["HS256"]})"), "header");
  EXPECT_EQ(rule_of_header(R"({"alg":"HS256","kid":1})"), "header");
  EXPECT_EQ(rule_of_header(R"({"alg":"HS256","kid":null})"), "header");
  EXPECT_EQ(rule_of_header(R"({"alg":"HS256","typ":{}})"), "header");
}

TEST(Jws, ExtensionsAreRefused) {
  for (const char* more : {R"("crit":["exp"])", R"("crit":[])", R"("crit":["b64"],"b64":false)", R"("b64":true)",
                           R"("zip":"DEF")", R"("enc":"A256GCM")"}) {
    EXPECT_EQ(rule_of_header(R"({"alg":"HS256",)" + std::string(more) + "}"), "critical") << more;
  }
}

// What names a key or where to fetch one neither counts nor harms.
TEST(Jws, KeysInTheTokenAreIgnored) {
  EXPECT_EQ(rule_of_header(R"({"alg":"HS256","jku":"http://127.0.0.1/","x5u":7,"jwk":{},"x5c":[]})"), "");
}

TEST(Jws, TypesAreMediaTypes) {
  EXPECT_TRUE(same_type("JWT", "jwt"));
  EXPECT_TRUE(same_type("application/at+jwt", "AT+JWT"));
  EXPECT_TRUE(same_type("Application/JWT", "application/jwt"));
  EXPECT_FALSE(same_type("at+jwt", "jwt"));
  EXPECT_FALSE(same_type("application/a/jwt", "a/jwt"));
  EXPECT_FALSE(same_type("text/jwt", "jwt"));
  EXPECT_FALSE(same_type("application/", ""));
}

}  // namespace
}  // namespace sallyport::jose
