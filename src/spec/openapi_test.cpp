// One test per rule of openapi.hpp. Files and references are in references_test.cpp.
#include "spec/openapi.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace sallyport {
namespace {

Result<Spec> read(std::string text) {
  auto document = document::parse(std::move(text), "api.yaml");
  if (!document) return std::unexpected(document.error());
  return parse_openapi(std::move(*document));
}

// A description with these members after the head.
Result<Spec> read_3(std::string_view members, std::string_view version = "3.1.0") {
  return read(fmt::format("openapi: {}\ninfo: {{title: T, version: '1'}}\n{}", version, members));
}

std::string error_of(const Result<Spec>& spec) {
  return spec ? "loaded" : spec.error().where + ": " + spec.error().message;
}

// The labels, joined.
std::string labels(const std::vector<Operation>& operations) {
  std::string out;
  for (const auto& operation : operations) out += (out.empty() ? "" : ", ") + operation.label;
  return out;
}

TEST(OpenApi, ReadsOperationsInOrder) {
  const auto spec = read_3(R"(paths:
  /pets/{petId}/toys/{toy}:
    summary: x
    parameters: []
    put: {operationId: putToy, responses: {}}
    get: {}
  /pets:
    x-note: 1
    post: {deprecated: true}
  x-extension: {get: {}}
)");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(spec->dialect, "OpenAPI 3.1.0");
  EXPECT_EQ(spec->title, "T");
  EXPECT_EQ(spec->version, "1");
  EXPECT_EQ(labels(spec->operations), "PUT /pets/{petId}/toys/{toy}, GET /pets/{petId}/toys/{toy}, POST /pets");
  const Operation& put = spec->operations[0];
  EXPECT_EQ(put.method, Method::put);
  EXPECT_EQ(put.method_token, "PUT");
  EXPECT_EQ(put.path_template, "/pets/{petId}/toys/{toy}");
  EXPECT_EQ(put.parameters, (std::vector<std::string>{"petId", "toy"}));
  EXPECT_EQ(put.operation_id, "putToy");
  EXPECT_EQ(put.stage, Stage::production);
  EXPECT_EQ(spec->operations[2].stage, Stage::deprecated);
  EXPECT_EQ(spec->operations[2].index, 2u);
  EXPECT_EQ(spec->sources.size(), 3u);
  EXPECT_NE(spec->sources[0].operation->find("responses"), nullptr);
  EXPECT_NE(spec->sources[0].path_items.at(0)->find("parameters"), nullptr);
  EXPECT_TRUE(spec->warnings.empty());
}

TEST(OpenApi, EveryMethodOfTheStandards) {
  const std::string paths =
      "paths: {/x: {get: {}, put: {}, post: {}, delete: {}, options: {}, head: {}, patch: {}, trace: {}}}";
  const auto three = read_3(paths);
  ASSERT_TRUE(three);
  EXPECT_EQ(labels(three->operations), "GET /x, PUT /x, POST /x, DELETE /x, OPTIONS /x, HEAD /x, PATCH /x, TRACE /x");
  const auto two = read("swagger: '2.0'\ninfo: {title: T, version: 1}\n" + paths);
  ASSERT_TRUE(two);
  EXPECT_EQ(two->operations.size(), 7u);
  ASSERT_EQ(two->warnings.size(), 1u);  // TRACE came with OpenAPI 3.0
  EXPECT_EQ(two->warnings[0].message, "unknown member 'trace' of a path");
}

TEST(OpenApi, Versions) {
  EXPECT_TRUE(read_3("paths: {}", "3.0.0"));
  EXPECT_TRUE(read_3("paths: {}", "3.0.4"));
  EXPECT_TRUE(read_3("paths: {}", "'3.1.1'"));
  EXPECT_EQ(error_of(read_3("paths: {}", "3.2.0")), "api.yaml:1:10: unsupported version '3.2.0'");
  EXPECT_EQ(error_of(read_3("paths: {}", "3.10.0")), "api.yaml:1:10: unsupported version '3.10.0'");
  EXPECT_EQ(error_of(read("swagger: 1.2")), "api.yaml:1:10: unsupported version '1.2'");
  const std::string none = "no OpenAPI description: neither 'openapi' nor 'swagger' is set";
  EXPECT_EQ(error_of(read("info: {}")), "api.yaml:1:1: " + none);
  EXPECT_EQ(error_of(read("[1, 2]")), "api.yaml:1:1: " + none);
  EXPECT_EQ(error_of(read("openapi: [3]")), "api.yaml:1:1: " + none);
}

TEST(OpenApi, JsonToo) {
  const auto spec = read(R"({"swagger": "2.0", "info": {"title": "T", "version": "1"}, "basePath": "/v2/",
    "paths": {"/x": {"get": {}}}})");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(spec->dialect, "Swagger 2.0");
  EXPECT_EQ(spec->base_paths, std::vector<std::string>{"/v2"});
  EXPECT_EQ(labels(spec->operations), "GET /x");
}

TEST(OpenApi, PathsMayBeMissingInVersion31Only) {
  EXPECT_TRUE(read_3("webhooks: {}", "3.1.0"));
  EXPECT_EQ(error_of(read_3("x-a: 1", "3.0.1")), "api.yaml:1:1: the description has no paths");
  EXPECT_EQ(error_of(read_3("paths: [a]")), "api.yaml:3:8: paths must be a mapping");
}

TEST(OpenApi, PathsMustBeTemplates) {
  EXPECT_EQ(error_of(read_3("paths:\n  pets: {}")), "api.yaml:4:3: a path must begin with '/'");
  EXPECT_EQ(error_of(read_3("paths:\n  '': {}")), "api.yaml:4:3: a path must begin with '/'");
  EXPECT_EQ(error_of(read_3("paths:\n  '/a{b': {}")), "api.yaml:4:3: unbalanced '{' in path template");
  EXPECT_EQ(error_of(read_3("paths:\n  '/a}': {}")), "api.yaml:4:3: unbalanced '}' in path template");
  EXPECT_EQ(error_of(read_3("paths:\n  '/{a/b}': {}")), "api.yaml:4:3: unbalanced '{' in path template");
  EXPECT_EQ(error_of(read_3("paths:\n  '/{{a}}': {}")), "api.yaml:4:3: unbalanced '{' in path template");
  EXPECT_EQ(error_of(read_3("paths:\n  '/{}': {}")), "api.yaml:4:3: a variable without a name in path template");
  EXPECT_EQ(error_of(read_3("paths:\n  '/{a}/{a}': {}")), "api.yaml:4:3: variable 'a' stands twice in path template");
}

TEST(OpenApi, SameMethodOnTemplatesThatDifferInNamesOnlyIsAnError) {
  EXPECT_EQ(error_of(read_3("paths:\n  '/pets/{a}': {get: {}}\n  '/x': {}\n  '/pets/{b}': {get: {}}")),
            "api.yaml:6:3: GET of path '/pets/{b}' is the same as '/pets/{a}' at api.yaml:4:3");
  EXPECT_EQ(error_of(read_3("paths:\n  '/a%2db': {put: {}}\n  '/a-b': {put: {}}")),
            "api.yaml:5:3: PUT of path '/a-b' is the same as '/a%2db' at api.yaml:4:3");
}

TEST(OpenApi, OtherMethodsOnTemplatesThatDifferInNamesOnlyAreWarnedOf) {
  const auto spec = read_3("paths:\n  '/pets/{a}': {get: {}}\n  '/pets/{b}': {put: {}}");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(labels(spec->operations), "GET /pets/{a}, PUT /pets/{b}");
  ASSERT_EQ(spec->warnings.size(), 1u);
  EXPECT_EQ(spec->warnings[0].where, "api.yaml:5:3");
  EXPECT_EQ(spec->warnings[0].message, "path '/pets/{b}' is the same as '/pets/{a}' at api.yaml:4:3");
}

TEST(OpenApi, TemplatesOfDifferentShapeMayOverlap) {
  const auto spec =
      read_3("paths: {'/p/{a}': {get: {}}, '/p/{b}/': {get: {}}, '/p/mine': {get: {}}, '/p/{a}.{b}': {get: {}}}");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_TRUE(spec->warnings.empty());
}

TEST(OpenApi, PathsThatNoRequestCanMatchAreWarnedOf) {
  const auto spec = read_3("paths: {'/a?b=1': {}, '/a#b': {}, '/a/../b': {}, '/a//b': {}, '/a/': {}}");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->warnings.size(), 4u);
}

TEST(OpenApi, ItemsAndOperationsMustBeMappings) {
  EXPECT_EQ(error_of(read_3("paths:\n  /a: [get]")), "api.yaml:4:7: a path item must be a mapping");
  EXPECT_EQ(error_of(read_3("paths:\n  /a:\n    get:\n      - x")), "api.yaml:6:7: an operation must be a mapping");
}

TEST(OpenApi, DeprecatedMustBeBoolean) {
  EXPECT_EQ(error_of(read_3("paths: {/a: {get: {deprecated: maybe}}}")),
            "api.yaml:3:32: deprecated must be true or false");
  EXPECT_EQ(error_of(read_3("paths: {/a: {get: {deprecated: 'true'}}}")),
            "api.yaml:3:32: deprecated must be true or false");
  const auto spec = read_3("paths: {/a: {get: {deprecated: false}}}");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->operations[0].stage, Stage::production);
}

TEST(OpenApi, DuplicateOperationIdIsAWarning) {
  const auto spec = read_3("paths:\n  /a:\n    get: {operationId: x}\n    put: {operationId: x}");
  ASSERT_TRUE(spec);
  ASSERT_EQ(spec->warnings.size(), 1u);
  EXPECT_EQ(spec->warnings[0].where, "api.yaml:6:10");
  EXPECT_EQ(spec->warnings[0].message, "operationId 'x' stands at api.yaml:5:10 already");
}

TEST(OpenApi, UnknownMembersOfPathsAreWarnedOf) {
  const auto spec = read_3("paths:\n  /a: {GET: {}}");
  ASSERT_TRUE(spec);
  ASSERT_EQ(spec->warnings.size(), 1u);
  EXPECT_EQ(spec->warnings[0].where, "api.yaml:4:8");
}

TEST(OpenApi, MissingTitleAndVersionAreWarnedOf) {
  const auto spec = read("openapi: 3.0.0\npaths: {}");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->warnings.size(), 2u);
}

TEST(OpenApi, BasePathsOfServers) {
  const auto bases = [](std::string_view servers) {
    const auto spec = read_3(fmt::format("servers: {}\npaths: {{}}", servers));
    return spec ? fmt::format("{}", fmt::join(spec->base_paths, " ")) : error_of(spec);
  };
  EXPECT_EQ(bases("[{url: 'https://a.example/v1/'}, {url: '/v2'}, {url: 'http://b.example/v1'}]"), "/v1 /v2");
  EXPECT_EQ(bases("[{url: 'https://a.example'}]"), "/");
  EXPECT_EQ(bases("[{url: 'https://a.example/v1?x=/y#/z'}]"), "/v1");
  EXPECT_EQ(bases("[{url: '//a.example/v1'}]"), "/v1");
  EXPECT_EQ(bases("[{url: 'v1'}, {url: './v2'}, {url: '.'}, {url: ''}]"), "/v1 /v2 /");
  EXPECT_EQ(bases("[]"), "/");
  EXPECT_EQ(bases("[{url: 'https://{h}.x/{base}', variables: {base: {default: v3}, h: {default: a}}}]"), "/v3");
  EXPECT_EQ(bases("[{url: '{all}/x', variables: {all: {default: 'https://a.example/b'}}}]"), "/b/x");
  EXPECT_EQ(bases("[{url: 'https://{tenant}.x/v1'}]"), "/v1");
  EXPECT_EQ(bases("[{url: 'https://x/{v}'}]"), "api.yaml:3:17: a server variable in the path needs a default");
  EXPECT_EQ(bases("[{url: '/a/../b'}]"), "api.yaml:3:17: a base path must not hold dot or empty segments");
  EXPECT_EQ(bases("[{}]"), "api.yaml:3:11: a server needs a url");
  EXPECT_EQ(bases("{url: /v1}"), "api.yaml:3:10: servers must be a sequence");
  EXPECT_EQ(bases("[text]"), "api.yaml:3:11: a server needs a url");
}

TEST(OpenApi, SwaggerBasePath) {
  const auto base = [](std::string_view text) {
    const auto spec =
        read(fmt::format("swagger: '2.0'\ninfo: {{title: T, version: '1'}}\nbasePath: {}\npaths: {{}}", text));
    return spec ? fmt::format("{} {}", spec->base_paths.at(0), spec->warnings.size()) : error_of(spec);
  };
  EXPECT_EQ(base("/v1/"), "/v1 0");
  EXPECT_EQ(base("/"), "/ 0");
  EXPECT_EQ(base("''"), "/ 0");
  EXPECT_EQ(base("v1"), "/v1 1");
  EXPECT_EQ(base("'/{v}'"), "api.yaml:3:11: a base path must not hold variables");
}

TEST(OpenApi, MountJoinsBasePathsOfTheNearestServers) {
  const auto spec = read_3(R"(servers: [{url: /v1}, {url: /v2}]
paths:
  /a: {get: {}}
  /b: {servers: [{url: /item}], get: {}, put: {servers: [{url: https://x.example/own/}]}}
)");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(labels(spec->operations), "GET /a, GET /b, PUT /b");
  const auto mounted = mount(*spec);
  ASSERT_TRUE(mounted);
  EXPECT_EQ(labels(mounted->operations), "GET /v1/a, GET /v2/a, GET /item/b, PUT /own/b");
  EXPECT_EQ(mounted->operations[3].path_template, "/own/b");
  EXPECT_EQ(mounted->operations[3].index, 3u);
  EXPECT_EQ(mounted->origins, (std::vector<std::uint32_t>{0, 0, 1, 2}));
  EXPECT_EQ(mounted->base_path, "/");
  const auto override = mount(*spec, "/api/");
  ASSERT_TRUE(override);
  EXPECT_EQ(labels(override->operations), "GET /api/a, GET /api/b, PUT /api/b");
  EXPECT_EQ(override->base_path, "/api");
  EXPECT_FALSE(mount(*spec, "api"));
}

TEST(OpenApi, MountClaimsTheLongestCommonBeginning) {
  const auto base = [](std::string_view urls) {
    const auto spec = read_3(fmt::format("servers: [{}]\npaths: {{/x: {{get: {{}}}}}}", urls));
    return spec ? mount(*spec)->base_path : error_of(spec);
  };
  EXPECT_EQ(base("{url: /v1}"), "/v1");
  EXPECT_EQ(base("{url: /v1/a}, {url: /v1/b}"), "/v1");
  EXPECT_EQ(base("{url: /v1/a}, {url: /v1}"), "/v1");
  EXPECT_EQ(base("{url: /v1}, {url: /v12}"), "/");
  EXPECT_EQ(base("{url: /v1}, {url: /}"), "/");
}

TEST(OpenApi, LifecycleOfOperationItemAndRoot) {
  const auto spec = read_3(R"(x-sallyport: {stage: test, owner: root-team}
paths:
  /a:
    x-sallyport: {owner: item-team, sunset: 2026-12-31}
    get: {x-sallyport: {stage: retired, sunset: '2027-01-01T12:00:00+01:00', deprecation: 2023-06-30}}
    put: {deprecated: true}
  /b: {get: {}}
)");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(spec->owner, "root-team");
  EXPECT_EQ(spec->stage, Stage::test);
  EXPECT_EQ(spec->operations[0].stage, Stage::retired);
  EXPECT_EQ(spec->operations[0].sunset, "Fri, 01 Jan 2027 11:00:00 GMT");
  EXPECT_EQ(spec->operations[0].deprecation, "@1688083200");
  EXPECT_EQ(spec->operations[0].owner, "item-team");
  EXPECT_EQ(spec->operations[1].stage, Stage::deprecated);
  EXPECT_EQ(spec->operations[1].sunset, "Thu, 31 Dec 2026 00:00:00 GMT");
  EXPECT_EQ(spec->operations[2].stage, Stage::test);
  EXPECT_EQ(spec->operations[2].sunset, "");
  EXPECT_EQ(spec->operations[2].owner, "root-team");
}

TEST(OpenApi, PurposeAndDataOfOperationItemAndRoot) {
  const auto spec = read_3(R"(x-sallyport: {data: internal, purpose: Keeps the shop}
paths:
  /a:
    x-sallyport: {data: [pci, pii, pci]}
    get: {summary: Lists, x-sallyport: {purpose: Shows cards}}
    put: {summary: Changes}
  /b: {get: {x-sallyport: {data: public}}, put: {}}
)");
  ASSERT_TRUE(spec) << spec.error().text();
  using Words = std::vector<std::string>;
  EXPECT_EQ(spec->operations[0].purpose, "Shows cards");
  EXPECT_EQ(spec->operations[0].data_classes, (Words{"pii", "pci"})) << "each once";
  EXPECT_EQ(spec->operations[1].purpose, "Changes") << "its summary";
  EXPECT_EQ(spec->operations[2].purpose, "Keeps the shop");
  EXPECT_EQ(spec->operations[2].data_classes, Words{"public"});
  EXPECT_EQ(spec->operations[3].data_classes, Words{"internal"});
}

TEST(OpenApi, RetiredAroundBeatsDeprecatedWithin) {
  const auto spec = read_3(
      "x-sallyport: {stage: retired}\npaths: {/a: {get: {deprecated: true}, put: {x-sallyport: {stage: test}}}}");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->operations[0].stage, Stage::retired);
  EXPECT_EQ(spec->operations[1].stage, Stage::test);
}

TEST(OpenApi, MistakesInTheExtensionAreErrors) {
  const auto error = [](std::string_view extension) {
    return error_of(read_3(fmt::format("x-sallyport: {}\npaths: {{}}", extension)));
  };
  EXPECT_EQ(error("{stag: test}"), "api.yaml:3:15: unknown key 'stag' in x-sallyport");
  EXPECT_EQ(error("{stage: prod}"), "api.yaml:3:22: stage must be design, test, production, deprecated or retired");
  EXPECT_EQ(error("{sunset: soon}"), "api.yaml:3:23: 'soon' is no date");
  EXPECT_EQ(error("{deprecation: [1]}"), "api.yaml:3:28: '' is no date");
  EXPECT_EQ(error("{owner: []}"), "api.yaml:3:22: owner must be a name");
  EXPECT_EQ(error("{purpose: ''}"), "api.yaml:3:24: purpose must be a text");
  const std::string_view classes =
      "data must be public, internal, pii, phi, pci, financial or credential, or a list of them";
  EXPECT_EQ(error("{data: secret}"), fmt::format("api.yaml:3:21: {}", classes));
  EXPECT_EQ(error("{data: []}"), fmt::format("api.yaml:3:21: {}", classes));
  EXPECT_EQ(error("{data: [pii, x]}"), fmt::format("api.yaml:3:21: {}", classes));
  EXPECT_EQ(error("{data: [pii, public]}"), "api.yaml:3:21: data that is public is not of another class, too");
  EXPECT_EQ(error("[a]"), "api.yaml:3:14: x-sallyport must be a mapping");
  EXPECT_EQ(error("{deprecation: 2026-02-01, sunset: 2026-01-31}"),
            "api.yaml:3:14: sunset is earlier than deprecation");
  EXPECT_EQ(error("{deprecation: 2026-02-01, sunset: 2026-02-01}"), "loaded");
}

}  // namespace
}  // namespace sallyport
