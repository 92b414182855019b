// The lint: each rule is found where it is broken, and only there; what the gateway enforces is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <source_dir.hpp>
#include <sstream>

#include "lint/baseline.hpp"
#include "lint/lint.hpp"
#include "lint/names.hpp"
#include "lint/report_text.hpp"

namespace sallyport::lint {
namespace {

Report linted(const std::string& text, const Gateway& gateway = {}) {
  auto document = document::parse(text, "api.yaml");
  EXPECT_TRUE(document) << text;
  const auto spec = parse_openapi(std::move(*document));
  EXPECT_TRUE(spec) << (spec ? "" : spec.error().text());
  auto report = lint(*spec, "specs/api.yaml", gateway);
  EXPECT_TRUE(report);
  return std::move(*report);
}

std::set<std::string> ids(const Report& report) {
  std::set<std::string> out;
  for (const Finding& one : report.findings) out.emplace(text_of(one.rule).id);
  return out;
}

// An operation that breaks no rule but those of `more`, which is put into it.
std::string good(const std::string& more = {}, const std::string& root = {}, const std::string& method = "get") {
  return R"(
openapi: 3.1.0
info: { title: t, version: "1" }
)" + root +
         R"(
security: [ { oauth: [read] } ]
components:
  securitySchemes:
    oauth: { type: oauth2, description: RFC 8725, flows: { clientCredentials: { tokenUrl: https://x/t, scopes: { read: r } } } }
    plain: { type: http, scheme: basic }
    key: { type: apiKey, in: query, name: key }
    old: { type: http, scheme: digest }
    implicit: { type: oauth2, flows: { implicit: { authorizationUrl: https://x/a, scopes: {} }, authorizationCode: { authorizationUrl: https://x/a, tokenUrl: https://x/t, scopes: {} } } }
paths:
  /things:
    )" + method +
         R"(:
      operationId: things
)" + more +
         R"(
      responses:
        "200": { description: ok, headers: { RateLimit: {} }, content: { application/json: { schema: { type: boolean } } } }
        "400": { description: bad }
        "401": { description: who }
        "429": { description: often, headers: { Retry-After: {} } }
        "500": { description: oops }
)";
}

// What the schemes of good() break by themselves.
const std::set<std::string> schemes{"basic-auth",     "api-key-in-url",   "insecure-scheme",
                                    "oauth-old-flow", "oauth-no-refresh", "jwt-practices"};

std::set<std::string> beside_schemes(const Report& report) {
  std::set<std::string> out;
  std::ranges::set_difference(ids(report), schemes, std::inserter(out, out.end()));
  return out;
}
using Ids = std::set<std::string>;

TEST(Lint, FindsSchemesThatAreNotSafe) { EXPECT_EQ(ids(linted(good())), schemes); }

TEST(Lint, FindsWhatNobodyIsAskedFor) {
  std::string open = good();
  open.replace(open.find("security: [ { oauth: [read] } ]"), 31, "");
  EXPECT_EQ(beside_schemes(linted(open)), Ids{"read-unrestricted"});
  open = good({}, {}, "delete");
  open.replace(open.find("security: [ { oauth: [read] } ]"), 31, "");
  EXPECT_EQ(beside_schemes(linted(open)), Ids{"write-unrestricted"});
  EXPECT_EQ(beside_schemes(linted(good("      security: []", {}, "delete"))), Ids{"anonymous-write"});
  EXPECT_EQ(beside_schemes(linted(good("      security: []"))), Ids{});
  EXPECT_EQ(beside_schemes(linted(good("      security: [ { nobody: [] } ]"))), Ids{"undeclared-scheme"});
  EXPECT_EQ(beside_schemes(linted(good("      security: [ { oauth: [] } ]"))), Ids{"no-scopes"});
}

TEST(Lint, FindsParameters) {
  const auto with = [](const std::string& parameter) {
    return beside_schemes(linted(good("      parameters: [ { in: query, " + parameter + " } ]")));
  };
  EXPECT_EQ(with("name: q, schema: { type: string, maxLength: 9, pattern: x }"), Ids{});
  EXPECT_EQ(with("name: user_id, schema: { type: integer, minimum: 1, maximum: 9 }"), Ids{"numeric-id"});
  EXPECT_EQ(with("name: page_size, schema: { type: integer, format: int32 }"), Ids{"page-size-unbounded"});
  EXPECT_EQ(with("name: access_token, schema: { type: string, maxLength: 9, pattern: x }"), Ids{"credential-in-url"});
  EXPECT_EQ(with("name: callbackUrl, schema: { type: string, maxLength: 9, pattern: x }"), Ids{"url-parameter"});
  EXPECT_EQ(with("name: n, schema: { type: integer }"), Ids{"number-unbounded"});
  EXPECT_EQ(with("name: s, schema: { type: string }"), (Ids{"string-unbounded", "string-unrestricted"}));
  EXPECT_EQ(with("name: a, schema: { type: array, items: { type: boolean } }"), Ids{"array-unbounded"});
  EXPECT_EQ(with("name: x, schema: { description: any }"), Ids{"untyped-schema"});
}

TEST(Lint, FindsBodies) {
  const auto with = [](const std::string& content, const std::string& method = "post") {
    return beside_schemes(linted(good("      requestBody: { content: " + content + " }", {}, method)));
  };
  EXPECT_EQ(with("{ application/json: { schema: { type: object, properties: { a: { type: boolean } }, "
                 "additionalProperties: false } } }"),
            Ids{});
  EXPECT_EQ(with("{ application/json: { schema: { type: object, properties: { a: { type: boolean } } } } }"),
            Ids{"open-object"});
  EXPECT_EQ(with("{ application/json: { schema: { type: object, additionalProperties: { type: boolean } } } }"),
            Ids{"open-object-unconstrained"});
  EXPECT_EQ(with("{ application/json: { schema: { type: string, format: uri, maxLength: 9 } } }"),
            Ids{"url-parameter"});
  EXPECT_EQ(with("{ application/json: {} }"), Ids{"body-undescribed"});
  EXPECT_EQ(with("{ '*/*': { schema: { type: boolean } } }"), Ids{"wildcard-media"});
  EXPECT_EQ(with("{ application/json: { schema: { type: boolean } } }", "delete"), Ids{"body-of-get"});
  EXPECT_EQ(
      with("{ application/json: { schema: { allOf: [ { type: object, properties: { a: { type: boolean } } } ] } } }"),
      Ids{});
}

std::string answers(const std::string& all, const std::string& more = {}) {
  std::string out = good(more);
  return out.substr(0, out.find("      responses:")) + "      responses: " + all + "\n";
}

TEST(Lint, FindsAnswers) {
  const std::string rest =
      R"("400": { description: b }, "401": { description: w }, "429": { description: o, headers: { Retry-After: {} } }, "500": { description: e } })";
  const auto with = [&](const std::string& first) {
    return beside_schemes(linted(answers("{ " + first + ", " + rest)));
  };
  EXPECT_EQ(with(R"("200": { description: ok, headers: { RateLimit: {} }, content: { application/json: {} } })"),
            Ids{"answer-undescribed"});
  EXPECT_EQ(with(R"("204": { description: ok })"), Ids{"no-rate-limit-fields"});
  EXPECT_EQ(
      with(
          R"("204": { description: ok, headers: { RateLimit: {} }, content: { application/json: { schema: { properties: { password_hash: { type: string } } } } } })"),
      Ids{"sensitive-answer"});
  EXPECT_EQ(beside_schemes(linted(answers(R"({ "204": { description: ok, headers: { RateLimit: {} } } })"))),
            (Ids{"no-401", "no-429", "no-500", "no-validation-answer"}));
  EXPECT_EQ(
      beside_schemes(linted(answers(
          R"({ "204": { description: ok, headers: { RateLimit: {} } }, "429": { description: o }, default: { description: d } })"))),
      Ids{"no-retry-after"});
}

TEST(Lint, FindsOperationsAndServers) {
  std::string spec = good();
  spec.replace(spec.find("      operationId: things"), 25, "      deprecated: true   ");
  EXPECT_EQ(beside_schemes(linted(spec)), (Ids{"no-operation-id", "deprecated-no-sunset"}));
  EXPECT_EQ(beside_schemes(linted(good("      callbacks: { done: { '{$request.body#/url}': {} } }"))),
            Ids{"callback-from-request"});
  EXPECT_EQ(beside_schemes(linted(good({}, "servers: [ { url: http://api.example } ]"))),
            (Ids{"server-http", "server-undescribed"}));
  EXPECT_EQ(beside_schemes(linted(good({}, "servers: [ { url: https://api.example, description: production } ]"))),
            Ids{});
  spec = good() +
         "  /admin/things: { get: { operationId: a, responses: { default: { description: d }, '429': { description: d, "
         "headers: { Retry-After: {} } } } } }\n";
  EXPECT_EQ(beside_schemes(linted(spec)), Ids{"admin-not-separate"});
  spec = good() + "  /password-reset: { post: { operationId: r, responses: { default: { description: d } } } }\n";
  EXPECT_EQ(beside_schemes(linted(spec)), (Ids{"flow-unlimited", "no-429"}));
}

TEST(Lint, ReadsSwagger) {
  const auto found = ids(linted(R"(
swagger: "2.0"
info: { title: t, version: "1" }
schemes: [http]
securityDefinitions: { b: { type: basic } }
security: [ { b: [] } ]
paths:
  /x/{item_id}:
    post:
      operationId: x
      parameters:
        - { in: path, name: item_id, required: true, type: integer }
        - { in: body, name: body, schema: { type: object, properties: { a: { type: string } } } }
      responses: { default: { description: ok, schema: { type: array, items: {} } } }
)"));
  EXPECT_EQ(found, (Ids{"server-http", "basic-auth", "numeric-id", "number-unbounded", "open-object",
                        "string-unbounded", "string-unrestricted", "array-unbounded", "no-429"}));
}

TEST(Lint, LeavesOutWhatTheGatewayEnforces) {
  const std::string spec =
      answers(R"({ "204": { description: ok } })",
              "      parameters: [ { in: query, name: user_id, schema: { type: integer, minimum: 1, maximum: 2 } } ]");
  Gateway all;
  all.limits = all.generic_errors = all.secured = all.owners = all.bodies = all.closed = all.tls = true;
  EXPECT_EQ(beside_schemes(linted(spec, all)), Ids{});
  EXPECT_EQ(linted(spec, all).score(), 100u);
  EXPECT_LT(linted(spec).score(), 100u);
}

TEST(Lint, KnowsTheGatewayByItsConfiguration) {
  const auto gateway = [](const std::string& api, const std::string& more = {}) {
    const auto node =
        document::parse("listen: [ { address: a, tls: {} } ]\napis: [ { name: a" + api + " } ]\n" + more, "c.yaml");
    return Gateway::of(node->root(), 0);
  };
  EXPECT_TRUE(gateway("").tls && gateway("").limits && gateway("").generic_errors);
  EXPECT_FALSE(gateway("").bodies || gateway("").secured || gateway("").owners || gateway("").properties);
  EXPECT_TRUE(gateway(", contract: {}").closed);
  EXPECT_FALSE(gateway(", contract: { strict: false }").closed);
  EXPECT_FALSE(gateway(", contract: { mode: observe }").bodies);
  EXPECT_TRUE(gateway("", "defaults: { authorize: [] }").secured);
  EXPECT_FALSE(gateway(", authorize: { undeclared: allow }").secured);
  EXPECT_FALSE(gateway(", rate_limit: { mode: off }").limits);
}

TEST(Lint, PointsAtThePlaceAndKeepsItsName) {
  const std::string spec = good("      parameters: [ { in: query, name: n, schema: { type: integer } } ]");
  const auto finding_of = [](const Report& report) {
    return *std::ranges::find(report.findings, Rule::number_unbounded, &Finding::rule);
  };
  const Finding first = finding_of(linted(spec));
  EXPECT_EQ(first.pointer, "/paths/~1things/get/parameters/0/schema");
  EXPECT_EQ(first.file, "specs/api.yaml");
  EXPECT_EQ(first.line, 17u);
  EXPECT_EQ(first.operation, "GET /things");
  const Finding later = finding_of(linted("\n\n# moved\n" + spec));
  EXPECT_NE(later.line, first.line);
  EXPECT_EQ(later.fingerprint, first.fingerprint);
  EXPECT_EQ(first.fingerprint.size(), 32u);
}

TEST(Lint, CountsASharedSchemaForEachOperationAndTellsItOnce) {
  const std::string shared =
      "      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/S' } } } }";
  std::string spec = good(shared, {}, "post");
  const std::string paths = spec.substr(spec.find("  /things:"));
  std::string again = paths;
  again.replace(again.find("/things"), 7, "/others");
  spec += again;
  spec.replace(spec.find("components:\n"), 12,
               "components:\n  schemas: { S: { type: object, properties: { s: { $ref: '#/components/schemas/S' }, b: { "
               "type: string } } } }\n");
  const Report report = linted(spec);
  EXPECT_EQ(std::ranges::count(report.findings, Rule::open_object, &Finding::rule), 1);
  ASSERT_EQ(report.scores.size(), 2u);
  EXPECT_EQ(report.scores[0].points, 100u - 7 - 7 - 2);
  EXPECT_EQ(report.scores[1].points, report.scores[0].points);
}

TEST(Names, AreReadByWords) {
  EXPECT_TRUE(is_id("id") && is_id("userId") && is_id("user_id") && is_id("order-ids"));
  EXPECT_FALSE(is_id("valid") || is_id("idea") || is_id("id_card_photo"));
  EXPECT_TRUE(is_credential("X-Api-Key") && is_credential("accessToken"));
  EXPECT_FALSE(is_credential("author") || is_credential("tokens_used"));
  EXPECT_TRUE(is_admin_path("/v1/admin/users") && !is_admin_path("/administrators-guide"));
}

class BaselineFile : public ::testing::Test {
 protected:
  Accepting read(const std::string& text, std::int64_t now = 1'800'000'000) {
    char path[] = "/tmp/sallyport-baseline-XXXXXX";
    const int descriptor = ::mkstemp(path);
    EXPECT_NE(descriptor, -1);
    std::ofstream(path) << text;
    Accepting out = Accepting::read(path, now, report);
    ::close(descriptor);
    ::unlink(path);
    return out;
  }
  config::Report report;
  Finding finding{Rule::numeric_id, "a.yaml", 1, "/paths/~1a/get", "GET /a", "", "00ff"};
};

TEST_F(BaselineFile, AcceptsByRuleAndPlaceOrByFingerprint) {
  const std::string end = ", reason: r, expires: 2099-01-01 }";
  EXPECT_TRUE(read("- { rule: numeric-id" + end).accepts(finding));
  EXPECT_TRUE(read("- { rule: 'owasp:api1:2023-no-numeric-ids'" + end).accepts(finding));
  EXPECT_TRUE(read("- { rule: numeric-id, pointer: /paths/~1a" + end).accepts(finding));
  EXPECT_FALSE(read("- { rule: numeric-id, pointer: /paths/~1" + end).accepts(finding));
  EXPECT_FALSE(read("- { rule: no-429" + end).accepts(finding));
  EXPECT_TRUE(read("- { fingerprint: 00ff" + end).accepts(finding));
  EXPECT_FALSE(read("- { fingerprint: 00fe" + end).accepts(finding));
  EXPECT_TRUE(report.ok()) << report.text();
}

TEST_F(BaselineFile, WantsReasonAndExpiry) {
  for (const char* bad : {"- { rule: numeric-id, reason: r }", "- { rule: numeric-id, expires: 2099-01-01 }",
                          "- { rule: numeric-id, reason: ' ', expires: 2099-01-01 }",
                          "- { rule: nothing, reason: r, expires: 2099-01-01 }",
                          "- { rule: numeric-id, reason: r, expires: soon }", "- { reason: r, expires: 2099-01-01 }"}) {
    report = {};
    EXPECT_FALSE(read(bad).accepts(finding)) << bad;
    EXPECT_FALSE(report.ok()) << bad;
  }
}

TEST_F(BaselineFile, ExpiresAfterItsDay) {
  const std::string one = "- { rule: numeric-id, reason: r, expires: 2026-12-31 }";
  EXPECT_TRUE(read(one, 1'798'761'599).accepts(finding));
  EXPECT_EQ(report.warnings(), 0u);
  EXPECT_FALSE(read(one, 1'798'761'600).accepts(finding));
  EXPECT_EQ(report.warnings(), 1u);
}

TEST(Sarif, HasWhatCodeScanningNeeds) {
  const Finding finding{Rule::numeric_id, "specs/a b.yaml", 7, "/a", "GET /a", "parameter `id`", "00ff"};
  const std::string text = as_sarif({finding}, "1.2.3");
  const auto document = document::parse_json(text, "sarif");
  ASSERT_TRUE(document) << text;
  EXPECT_EQ(document->root().find("version")->text(), "2.1.0");
  const auto& run = document->root().find("runs")->items()[0];
  EXPECT_EQ(run.find("tool")->find("driver")->find("rules")->items().size(), rule_count);
  const auto& result = run.find("results")->items()[0];
  EXPECT_EQ(result.find("ruleId")->text(), "numeric-id");
  EXPECT_EQ(result.find("ruleIndex")->text(), std::to_string(static_cast<int>(Rule::numeric_id)));
  EXPECT_EQ(result.find("level")->text(), "warning");
  EXPECT_EQ(result.find("partialFingerprints")->find("sallyport/v1")->text(), "00ff");
  const auto& place = *result.find("locations")->items()[0].find("physicalLocation");
  EXPECT_EQ(place.find("artifactLocation")->find("uri")->text(), "specs/a%20b.yaml");
  EXPECT_EQ(place.find("region")->find("startLine")->text(), "7");
}

TEST(Rules, StandInTheDocumentation) {
  std::stringstream text;
  text << std::ifstream(SALLYPORT_SOURCE_DIR "/docs/lint.md").rdbuf();
  for (const RuleText& rule : all_rules()) {
    EXPECT_NE(text.str().find("| `" + std::string(rule.id) + "` | " + std::string(word(rule.severity)) + " | " +
                              std::string(rule.owasp) + " |"),
              std::string::npos)
        << rule.id;
  }
}

}  // namespace
}  // namespace sallyport::lint
