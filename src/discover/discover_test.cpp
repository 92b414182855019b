#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/testing/scratch_folder.hpp"
#include "discover/difference.hpp"
#include "discover/document.hpp"
#include "discover/learned_api.hpp"
#include "discover/source.hpp"

namespace sallyport::discover {
namespace {

Sighting call(std::string_view method, std::string_view path, std::uint16_t status = 200, std::string_view query = {}) {
  Sighting out;
  out.method = method;
  out.path = path;
  out.status = status;
  out.query = query;
  return out;
}

std::vector<std::string> lines(LearnedApi& api) {
  std::vector<std::string> out;
  for (const auto& one : api.endpoints())
    out.push_back(one.method + " " + one.path + " " + std::to_string(one.seen.calls));
  return out;
}
using Lines = std::vector<std::string>;

TEST(LearnedApiTest, TemplatesAreLearnedAndNamed) {
  LearnedApi api;
  for (int i = 0; i < 5; ++i) {
    const std::string path = "/users/" + std::to_string(i + 10) + "/orders";
    api.add(call("GET", path));
    api.add(call("POST", path, 201));
  }
  api.add(call("GET", "/health"));
  EXPECT_EQ(lines(api), (Lines{"GET /health 1", "GET /users/{userId}/orders 5", "POST /users/{userId}/orders 5"}));
  EXPECT_EQ(api.endpoints()[1].kinds.at(0), inventory::Segment::integer);
}

TEST(LearnedApiTest, WhatWasOnlyRefusedIsNoEndpoint) {
  LearnedApi api;
  for (int i = 0; i < 5; ++i) {
    api.add(call("GET", "/wp-admin.php", 404));
    api.add(call("GET", "/a"));
    api.add(call("DELETE", "/a", 405));
    api.add(call("BREW", "/a"));
  }
  EXPECT_EQ(lines(api), Lines{"GET /a 5"});
  EXPECT_EQ(api.left_out(), 5u) << "invented methods";
}

TEST(LearnedApiTest, VariableNames) {
  EXPECT_EQ(variable_names("/users/{}/user-groups/{}/{}"),
            (std::vector<std::string>{"userId", "userGroupId", "userGroupId2"}));
  EXPECT_EQ(variable_names("/{}/categories/{}.json"), (std::vector<std::string>{"id", "categoryId"}));
  EXPECT_EQ(variable_names("/status/{}"), std::vector<std::string>{"statusId"});
}

Spec spec_of(std::string_view paths) {
  auto document = document::parse("openapi: 3.1.0\ninfo: {title: t, version: '1'}\n" + std::string(paths), "api.yaml");
  EXPECT_TRUE(document) << document.error().text();
  auto spec = parse_openapi(std::move(*document));
  EXPECT_TRUE(spec) << spec.error().text();
  return std::move(*spec);
}

TEST(DifferenceTest, OfCallsAndSpecification) {
  const Spec spec = spec_of(R"(
components:
  parameters: {limit: {name: limit, in: query, schema: {type: integer}}}
  securitySchemes: {key: {type: apiKey, in: query, name: api_key}}
paths:
  /orders/{id}:
    parameters: [{$ref: '#/components/parameters/limit'}, {name: filter, in: query, schema: {type: array}}]
    get: {responses: {'200': {description: ok}, 4XX: {description: bad}}}
    delete: {responses: {default: {description: any}}}
  /old: {get: {x-sallyport: {stage: retired}, responses: {default: {description: any}}}}
)");
  auto api = LearnedApi::against(spec);
  ASSERT_TRUE(api) << api.error().text();
  (*api)->add(call("GET", "/orders/17", 200, "limit=1&filter%5Bage%5D=2&api_key=x&debug=1"));
  (*api)->add(call("GET", "/orders/18", 404));
  (*api)->add(call("GET", "/orders/18", 302));
  (*api)->add(call("GET", "/old"));
  (*api)->add(call("POST", "/orders/19/refund", 200));
  (*api)->add(call("POST", "/orders/20/refund", 200));
  std::vector<std::string> told;
  for (const Difference& one : compare(**api, (*api)->endpoints(), spec)) {
    told.push_back(std::string(word(one.kind)) + " " + one.method + " " + one.path + " " + one.what);
  }
  EXPECT_EQ(told, (Lines{"undeclared POST /orders/{orderId}/refund ", "parameter GET /orders/{id} debug",
                         "status GET /orders/{id} 302", "retired GET /old ", "unused DELETE /orders/{id} "}));
}

TEST(GapsTest, OwnerPurposeDataAndAuth) {
  const Spec spec = spec_of(R"(
paths:
  /a:
    get: {}
    put: {summary: Changes, security: [], x-sallyport: {owner: team, data: public}}
    post: {summary: Makes, x-sallyport: {owner: team}}
  /old: {get: {x-sallyport: {stage: retired}}}
)");
  const auto found = gaps(spec);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].method, "GET");
  EXPECT_EQ(found[0].lacks, (std::vector<std::string_view>{"owner", "purpose", "data", "auth"}));
  EXPECT_TRUE(found[0].where.starts_with("api.yaml:"));
  EXPECT_EQ(found[1].lacks, (std::vector<std::string_view>{"data", "auth"}));
}

TEST(DocumentTest, IsASpecificationThatKnowsTheCalls) {
  LearnedApi api;
  for (int i = 0; i < 4; ++i) {
    const std::string path = "/users/" + std::to_string(100 + i);
    Sighting one = call("PUT", path, 200, "dry=true");
    one.request_type = "application/json; charset=utf-8";
    one.request_body = R"({"name":"x y","age":3})";
    one.response_type = "application/json";
    one.response_body = R"({"id":7})";
    api.add(one);
  }
  const std::string text = openapi_of(api.endpoints(), "Mine");
  auto document = document::parse(text, "learned.json");
  ASSERT_TRUE(document) << document.error().text();
  const document::Node* put = document->root().find("paths")->find("/users/{userId}")->find("put");
  ASSERT_NE(put, nullptr) << text;
  EXPECT_EQ(put->find("parameters")->items()[0].find("schema")->find("type")->text(), "integer");
  EXPECT_EQ(put->find("parameters")->items()[1].find("name")->text(), "dry");
  const document::Node* body = put->find("requestBody")->find("content")->find("application/json")->find("schema");
  EXPECT_EQ(body->find("properties")->find("age")->find("type")->text(), "integer");
  EXPECT_NE(put->find("responses")->find("200")->find("content"), nullptr);

  const auto spec = parse_openapi(std::move(*document));
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_TRUE(spec->warnings.empty());
  auto again = LearnedApi::against(*spec);
  ASSERT_TRUE(again);
  (*again)->add(call("PUT", "/users/9", 200, "dry=false"));
  EXPECT_TRUE(compare(**again, (*again)->endpoints(), *spec).empty()) << "it declares what it was learned from";
}

class SourceTest : public testing::Test {
 protected:
  std::vector<std::string> read(const std::string& text) {
    std::ofstream(folder.file("log"), std::ios::binary) << text;
    std::vector<std::string> out;
    const auto done = read_source(folder.file("log"), [&](const Sighting& one) {
      out.push_back(std::string(one.method) + " " + std::string(one.path) + " " + std::string(one.query) + " " +
                    std::to_string(one.status) + " " + std::string(one.response_body));
    });
    EXPECT_TRUE(done) << done.error().text();
    if (done) report = *done;
    return out;
  }
  ScratchFolder folder;
  SourceReport report;
};

TEST_F(SourceTest, TextLinesAreReadInTheGatewaysForm) {
  EXPECT_EQ(read("1.2.3.4 - - [x] \"GET /a/%7Eb/../c?x=1 HTTP/1.1\" 200 1\r\nnoise\n"
                 "1.2.3.4 - - [x] \"GET /a%00 HTTP/1.1\" 200 1\n1.2.3.4 - - [x] \"GET /last HTTP/1.1\" 200 1"),
            (Lines{"GET /a/c x=1 200 ", "GET /last  200 "}));
  EXPECT_EQ(report.calls, 2u);
  EXPECT_EQ(report.passed_over, 2u);
}

TEST_F(SourceTest, JsonLinesEventsAndArchivesAreToldApart) {
  EXPECT_EQ(read("{\"method\":\"GET\",\"uri\":\"/a\",\"status\":200}\nnoise\n"), Lines{"GET /a  200 "});
  EXPECT_EQ(
      read(
          R"({ "log": { "entries": [{"request":{"method":"GET","url":"https://x/a?b=1"},"response":{"status":200,)"
          R"("content":{"mimeType":"application/json","text":"{}"}}}, {"request":{"method":"GET","url":"ws://x"}}, {}]}})"),
      (Lines{"GET /a b=1 200 {}", "GET /  0 "}));
  EXPECT_EQ(report.passed_over, 1u);
  EXPECT_EQ(
      read(
          R"({"v":1,"time":"2026-11-24T10:00:00.000000Z","id":"0190163d-8694-739b-aea5-966c26f8ad91","ring":0,"seq":1,)"
          R"("client":{"ip":"192.0.2.1"},"route":"operation","method":"GET","scheme":"https","host":"x","path":"/a",)"
          R"("http":"1.1","status":502,"upstream_status":200,"outcome":"denied"})"
          "\n"),
      Lines{"GET /a  200 "});
}

TEST_F(SourceTest, ALineThatIsTooLongIsPassedOver) {
  const std::string good = "1.2.3.4 - - [x] \"GET /a HTTP/1.1\" 200 1\n";
  for (const std::size_t size : {max_log_line + 1, std::size_t{3} << 20}) {
    EXPECT_EQ(read(good + std::string(size, 'x') + "\n" + good).size(), 2u);
    EXPECT_EQ(report.passed_over, 1u);
  }
  const std::string longest = "\"GET /a HTTP/1.1\" 200 " + std::string(max_log_line - 22, 'x');
  EXPECT_EQ(read(longest + "\n").size(), 1u);
}

TEST_F(SourceTest, AMissingFileIsAnError) {
  EXPECT_FALSE(read_source(folder.file("nothing"), [](const Sighting&) {}));
}

}  // namespace
}  // namespace sallyport::discover
