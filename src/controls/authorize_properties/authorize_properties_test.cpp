// Roles, rules that cannot be meant, and where objects of a schema stand. What a call looks like: cases/.
#include <gtest/gtest.h>

#include <memory>

#include <fmt/format.h>

#include "controls/authorize_properties/property_graph.hpp"
#include "engine/descriptor.hpp"
#include "spec/openapi.hpp"
#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::authorize_properties {

const engine::Descriptor& descriptor();

namespace {

constexpr const char* users = R"(
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /users:
    get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } } } }
components:
  schemas:
    User: { type: object, properties: { id: { type: integer }, name: { type: string }, role: { type: string }, pay: { type: integer } } }
)";

Spec spec_of(const std::string& text) {
  auto document = document::parse(text, "spec.yaml");
  auto spec = parse_openapi(std::move(document.value()));
  EXPECT_TRUE(spec) << (spec ? "" : spec.error().text());
  return std::move(*spec);
}

// Says who calls.
class Caller final : public Control {
 public:
  explicit Caller(std::vector<std::string_view> roles) : roles_(std::move(roles)) {}
  [[nodiscard]] Phases phases() const override { return {Phase::request_head}; }
  Verdict on_request_head(const Context& context) const override {
    Actor actor;
    actor.how = Authentication::jwt;
    actor.roles = roles_;
    context.set_actor(actor);
    return Pass{};
  }

 private:
  std::vector<std::string_view> roles_;
};

// What of the answer is left for a caller with these roles, or what is wrong with the section.
std::string left(const std::string& section, const std::vector<std::string_view>& roles, const std::string& answer) {
  const Spec spec = spec_of(users);
  auto mounted = mount(spec).value();
  auto api = std::make_unique<Api>();
  api->hosts = {"*"};
  api->base_path = mounted.base_path;
  api->has_spec = true;
  api->operations = std::move(mounted.operations);
  config::Report report;
  const auto node = document::parse(section, "section").value();
  const auto compiled = descriptor().compile(&node.root(), {api.get(), nullptr, &spec, mounted.origins}, report);
  if (!compiled) return report.text();
  Policy policy;
  policy.router = std::make_shared<const Router>(Router::build({api.get()}).value());
  policy.apis.push_back(std::move(api));
  policy.pipelines.emplace_back(
      std::vector<Step>{{"caller", std::make_shared<const Caller>(roles), Mode::enforce, OnError::deny, 0, {}},
                        {"authorize_properties", compiled->control, Mode::enforce, OnError::deny, 0, {}}});
  const Connection connection;
  Request request;
  Response response;
  Transaction call;
  EXPECT_TRUE(parse_request("GET /users HTTP/1.1\r\nHost: h\r\n\r\n", false, call.fresh_arena(), request));
  call.begin(policy, connection, request, Clock{1});
  EXPECT_TRUE(std::holds_alternative<Pass>(call.request_head()));
  response.status = 200;
  response.framing = Framing::length;
  response.content_length = answer.size();
  response.fields.append("Content-Type", "application/json");
  EXPECT_TRUE(std::holds_alternative<Pass>(call.response_head(response)));
  const Verdict verdict = call.response_body(answer);
  const auto* rewrite = std::get_if<Rewrite>(&verdict);
  return std::string(rewrite != nullptr && rewrite->body ? *rewrite->body : answer);
}

constexpr const char* ann = R"({"id":1,"name":"ann","role":"x","pay":5,"hash":"h"})";

TEST(Properties, AreThoseOfTheCallersRoles) {
  const std::string rules =
      "[ { schema: User, read: [id, name] }, { schema: User, roles: [hr, boss], read: pay }, { schema: User, roles: "
      "admin, read: '*' } ]";
  EXPECT_EQ(left(rules, {}, ann), R"({"id":1,"name":"ann"})");
  EXPECT_EQ(left(rules, {"other"}, ann), R"({"id":1,"name":"ann"})");
  EXPECT_EQ(left(rules, {"other", "hr"}, ann), R"({"id":1,"name":"ann","pay":5})");
  EXPECT_EQ(left(rules, {"admin"}, ann), R"({"id":1,"name":"ann","role":"x","pay":5})");
}

TEST(Properties, OfAnEmptyListAreNone) { EXPECT_EQ(left("[ { schema: User, read: [] } ]", {}, ann), "{}"); }

TEST(Properties, AreFreeInDirectionsThatNoRuleSpeaksOf) {
  EXPECT_EQ(left("[ { schema: User, write: name } ]", {}, ann), ann);
}

TEST(PropertyRules, ThatCannotBeMeantAreErrors) {
  EXPECT_NE(left("[ { schema: Usr, read: id } ]", {}, ann).find("no schema `Usr`"), std::string::npos);
  EXPECT_NE(left("[ { schema: User, read: idd } ]", {}, ann).find("no property `idd`"), std::string::npos);
  EXPECT_NE(left("[ { schema: User } ]", {}, ann).find("allows nothing"), std::string::npos);
}

class Graph : public ::testing::Test {
 protected:
  // The governed schema is "G".
  const PropertyGraph& of(const std::string& schemas) {
    spec_ = spec_of("openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: {}\ncomponents: { schemas: " + schemas +
                    " }\n");
    documents_ = contract::Documents::read(spec_).value();
    const auto root = documents_->root();
    const auto* all = root.value->find("components")->find("schemas");
    graph_ = std::make_unique<PropertyGraph>(*documents_);
    graph_->govern({all->find("G")});
    root_ = graph_->add({all->find("R"), root.resource}).value();
    graph_->finish();
    return *graph_;
  }
  PropertyGraph::NodeId root_ = 0;

 private:
  Spec spec_;
  std::unique_ptr<contract::Documents> documents_;
  std::unique_ptr<PropertyGraph> graph_;
};

TEST_F(Graph, FollowsEveryWayToASchema) {
  const std::string g = "G: { type: object, properties: { a: {} } }";
  const std::string ref = R"({ $ref: "#/components/schemas/G" })";
  for (const std::string& r : {ref, "{ allOf: [ " + ref + " ] }", "{ oneOf: [ {}, " + ref + " ] }",
                               "{ anyOf: [ { allOf: [ " + ref + " ] } ] }", "{ if: {}, then: " + ref + " }"}) {
    const auto& graph = of("{ " + g + ", R: " + r + " }");
    EXPECT_EQ(graph[root_].governed.size(), 1u) << r;
    EXPECT_NE(graph[root_].find("a"), nullptr) << r;
  }
  for (const std::string& r : {"{ items: " + ref + " }", "{ prefixItems: [ " + ref + " ] }"}) {
    const auto& graph = of("{ " + g + ", R: " + r + " }");
    EXPECT_EQ(graph[graph[root_].items].governed.size(), 1u) << r;
  }
  for (const std::string& r : {"{ additionalProperties: " + ref + " }", "{ patternProperties: { a: " + ref + " } }"}) {
    const auto& graph = of("{ " + g + ", R: " + r + " }");
    EXPECT_EQ(graph[graph[root_].others].governed.size(), 1u) << r;
  }
}

TEST_F(Graph, EndsWhereSchemasAreTheirOwnParts) {
  const auto& graph = of(
      R"({ G: { type: object, properties: { up: { $ref: "#/components/schemas/R" } } },
           R: { type: object, properties: { down: { $ref: "#/components/schemas/R" }, g: { $ref: "#/components/schemas/G" } } } })");
  EXPECT_TRUE(graph[root_].matters);
  EXPECT_EQ(graph[root_].find("down")->node, root_);
}

TEST_F(Graph, TellsANameFromWhatItStandsFor) {
  const auto& graph = of(
      R"({ T: { type: object, properties: { a: {} } }, G: { $ref: "#/components/schemas/T" },
           R: { properties: { t: { $ref: "#/components/schemas/T" }, u: { $ref: "#/components/schemas/G" } } } })");
  EXPECT_TRUE(graph[graph[root_].find("t")->node].governed.empty());
  EXPECT_EQ(graph[graph[root_].find("u")->node].governed.size(), 1u);
}

TEST_F(Graph, KnowsWhatDoesNotMatter) {
  EXPECT_FALSE(of("{ G: {}, R: { type: object, properties: { a: { type: string } } } }")[root_].matters);
  EXPECT_TRUE(
      of("{ G: {}, R: { properties: { a: { items: { properties: { b: { writeOnly: true } } } } } } }")[root_].matters);
}

}  // namespace
}  // namespace sallyport::controls::authorize_properties
