// One test per rule of Router::find. The randomised comparison is router_oracle_test.cpp.
#include "spec/router.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "spec/router_fixture.hpp"

namespace sallyport {
namespace {

using testing::Gate;

TEST(Router, ExactHostBeatsWildcardBeatsAny) {
  Gate gate;
  gate.api("any", {"*"}, "/").get("/a");
  gate.api("wild", {"*.example.com"}, "/").get("/a");
  gate.api("exact", {"api.example.com"}, "/").get("/a");
  gate.build();
  EXPECT_EQ(gate.route("api.example.com", "GET", "/a"), "exact operation /a");
  EXPECT_EQ(gate.route("other.example.com", "GET", "/a"), "wild operation /a");
  EXPECT_EQ(gate.route("example.com", "GET", "/a"), "any operation /a");
}

TEST(Router, WildcardStandsForOneOrMoreLabels) {
  Gate gate;
  gate.api("wild", {"*.example.com"}, "/").get("/a");
  gate.build();
  EXPECT_EQ(gate.route("a.b.c.example.com", "GET", "/a"), "wild operation /a");
  EXPECT_EQ(gate.route("example.com", "GET", "/a"), "no_api");
  EXPECT_EQ(gate.route(".example.com", "GET", "/a"), "no_api");
  EXPECT_EQ(gate.route("badexample.com", "GET", "/a"), "no_api");
  EXPECT_EQ(gate.route("", "GET", "/a"), "no_api");
}

TEST(Router, LongestWildcardSuffixWins) {
  Gate gate;
  gate.api("short", {"*.com"}, "/").get("/a");
  gate.api("long", {"*.example.com"}, "/").get("/a");
  gate.build();
  EXPECT_EQ(gate.route("x.example.com", "GET", "/a"), "long operation /a");
  EXPECT_EQ(gate.route("example.com", "GET", "/a"), "short operation /a");
}

TEST(Router, FallsThroughHostsOnlyWhenNoApiClaimsThePath) {
  Gate gate;
  gate.api("exact", {"api.example.com"}, "/v1").get("/v1/a");
  gate.api("wild", {"*.example.com"}, "/v2").get("/v2/a");
  gate.api("any", {"*"}, "/").get("/v1/b").get("/v3");
  gate.build();
  EXPECT_EQ(gate.route("api.example.com", "GET", "/v1/b"), "exact unknown_path");
  EXPECT_EQ(gate.route("api.example.com", "GET", "/v2/a"), "wild operation /v2/a");
  EXPECT_EQ(gate.route("api.example.com", "GET", "/v3"), "any operation /v3");
}

TEST(Router, LongestBasePathWinsOnSegmentBoundaries) {
  Gate gate;
  gate.api("root", {"h"}, "/").get("/v1x").get("/v1/other");
  gate.api("v1", {"h"}, "/v1").get("/v1/a").get("/v1");
  gate.api("admin", {"h"}, "/v1/admin/").get("/v1/admin/a");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/v1x"), "root operation /v1x");
  EXPECT_EQ(gate.route("h", "GET", "/v1"), "v1 operation /v1");
  EXPECT_EQ(gate.route("h", "GET", "/v1/"), "v1 unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/v1/other"), "v1 unknown_path");  // chosen: root is not asked
  EXPECT_EQ(gate.route("h", "GET", "/v1/admin"), "admin unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/v1/admin/a"), "admin operation /v1/admin/a");
  EXPECT_EQ(gate.route("h", "GET", "/v1/administer"), "v1 unknown_path");
}

TEST(Router, ApiWithoutSpecificationClaimsItsPrefix) {
  Gate gate;
  gate.api("legacy", {"h"}, "/old").without_spec();
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/old"), "legacy prefix");
  EXPECT_EQ(gate.route("h", "BREW", "/old/x/y"), "legacy prefix");
  EXPECT_EQ(gate.route("h", "GET", "/older"), "no_api");
}

TEST(Router, OptionsStarBelongsToNoApi) {
  Gate gate;
  gate.api("all", {"*"}, "/").without_spec();
  gate.build();
  EXPECT_EQ(gate.route("h", "OPTIONS", "*"), "no_api");
  EXPECT_EQ(gate.route("h", "OPTIONS", ""), "no_api");
}

TEST(Router, ConcreteBeforeMixedBeforeVariable) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/pets/{id}").get("/pets/p-{n}").get("/pets/p-1");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/pets/p-1"), "a operation /pets/p-1");
  EXPECT_EQ(gate.route("h", "GET", "/pets/p-2"), "a operation /pets/p-{n}");
  EXPECT_EQ(gate.route("h", "GET", "/pets/p-"), "a operation /pets/{id}");
}

TEST(Router, MixedSegments) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/f/{name}.{ext}").get("/f/report-{id}.pdf").get("/m/{a}-{b}-{c}").get("/d/{a}{b}");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/f/report-7.pdf"), "a operation /f/report-{id}.pdf");
  EXPECT_EQ(gate.route("h", "GET", "/f/report-.pdf"), "a operation /f/{name}.{ext}");
  EXPECT_EQ(gate.route("h", "GET", "/f/a.b.c"), "a operation /f/{name}.{ext}");
  EXPECT_EQ(gate.route("h", "GET", "/f/.c"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/f/c."), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/f/."), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/m/1-2-3"), "a operation /m/{a}-{b}-{c}");
  EXPECT_EQ(gate.route("h", "GET", "/m/----"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/m/-----"), "a operation /m/{a}-{b}-{c}");
  EXPECT_EQ(gate.route("h", "GET", "/m/1-2-"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/d/x"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/d/xy"), "a operation /d/{a}{b}");
}

TEST(Router, MixedTextMayNotOverlap) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/ab{x}ba");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/aba"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/abba"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/ab1ba"), "a operation /ab{x}ba");
}

TEST(Router, BacktracksWhenTheConcreteBranchFails) {
  Gate gate;
  gate.api("a", {"h"}, "/")
      .get("/pets/mine/toys")
      .get("/pets/{id}/food")
      .get("/{kind}/{id}/{x}/y")
      .get("/pets/m{x}/bed");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/pets/mine/toys"), "a operation /pets/mine/toys");
  EXPECT_EQ(gate.route("h", "GET", "/pets/mine/food"), "a operation /pets/{id}/food");
  EXPECT_EQ(gate.route("h", "GET", "/pets/mine/bed"), "a operation /pets/m{x}/bed");
  EXPECT_EQ(gate.route("h", "GET", "/pets/mine/toys/y"), "a operation /{kind}/{id}/{x}/y");
  EXPECT_EQ(gate.route("h", "GET", "/pets/mine/none"), "a unknown_path");
}

TEST(Router, VariableMatchesOneOrMoreCharactersButNoSlash) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/pets/{id}");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/pets/"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/pets"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/pets/1/2"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/pets/a%2Fb"), "a operation /pets/{id}");
}

TEST(Router, TrailingSlashIsSignificant) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/x/").get("/y").get("/");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/x/"), "a operation /x/");
  EXPECT_EQ(gate.route("h", "GET", "/x"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/y/"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/"), "a operation /");
}

TEST(Router, PathParametersAreTextOfTheSegment) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/x/y").get("/x/y;v=1").get("/z/{id}");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/x/y;v=1"), "a operation /x/y;v=1");
  EXPECT_EQ(gate.route("h", "GET", "/x/y;v=2"), "a unknown_path");
  EXPECT_EQ(gate.route("h", "GET", "/z/1;v=2"), "a operation /z/{id}");
}

TEST(Router, TemplateTextIsComparedInCanonicalForm) {
  Gate gate;
  gate.api("a", {"h"}, "/caf\xc3\xa9").get("/caf\xc3\xa9/%7euser/a b").get("/caf%c3%a9/x%2fy").get("/caf%C3%A9/100%");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/caf%C3%A9/~user/a%20b"), "a operation /caf\xc3\xa9/%7euser/a b");
  EXPECT_EQ(gate.route("h", "GET", "/caf%C3%A9/x%2Fy"), "a operation /caf%c3%a9/x%2fy");
  EXPECT_EQ(gate.route("h", "GET", "/caf%C3%A9/100%25"), "a operation /caf%C3%A9/100%");
}

TEST(Router, PathIsChosenBeforeMethod) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/pets/mine").on(Method::delete_, "DELETE", "/pets/{id}");
  gate.build();
  EXPECT_EQ(gate.route("h", "DELETE", "/pets/mine"), "a unknown_method /pets/mine [GET, HEAD]");
  EXPECT_EQ(gate.route("h", "DELETE", "/pets/1"), "a operation /pets/{id}");
}

TEST(Router, AllowedMethodsOfATemplate) {
  Gate gate;
  gate.api("a", {"h"}, "/")
      .on(Method::post, "POST", "/x")
      .get("/x")
      .on(Method::other, "PURGE", "/x")
      .on(Method::put, "PUT", "/y");
  gate.build();
  EXPECT_EQ(gate.route("h", "PATCH", "/x"), "a unknown_method /x [GET, HEAD, POST, PURGE]");
  EXPECT_EQ(gate.route("h", "HEAD", "/y"), "a unknown_method /y [PUT]");
}

TEST(Router, TemplatesOfOneShapeShareTheirMethods) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/x/{digest}").on(Method::delete_, "DELETE", "/x/{id}");
  gate.build();
  EXPECT_EQ(gate.route("h", "GET", "/x/1"), "a operation /x/{digest}");
  EXPECT_EQ(gate.route("h", "DELETE", "/x/1"), "a operation /x/{id}");
  EXPECT_EQ(gate.route("h", "POST", "/x/1"), "a unknown_method /x/{digest} [GET, HEAD, DELETE]");
}

TEST(Router, HeadIsAnsweredByGetUnlessDeclared) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/x").get("/y").on(Method::head, "HEAD", "/y");
  gate.build();
  EXPECT_EQ(gate.find("h", "HEAD", "/x").operation->method, Method::get);
  EXPECT_EQ(gate.find("h", "HEAD", "/y").operation->method, Method::head);
  EXPECT_EQ(gate.route("h", "POST", "/y"), "a unknown_method /y [GET, HEAD]");
}

TEST(Router, OtherMethodsByToken) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/x").on(Method::other, "PURGE", "/x").on(Method::other, "LINK", "/x");
  gate.build();
  EXPECT_EQ(gate.find("h", "LINK", "/x").operation->method_token, "LINK");
  EXPECT_EQ(gate.find("h", "PURGE", "/x").operation->method_token, "PURGE");
  EXPECT_EQ(gate.route("h", "purge", "/x"), "a unknown_method /x [GET, HEAD, PURGE, LINK]");
}

TEST(Router, ResultViewsLongLivedText) {
  Gate gate;
  gate.api("a", {"h"}, "/").get("/x/{id}");
  gate.build();
  const std::string path = "/x/1";
  const Route route = gate.find("h", "GET", path);
  EXPECT_EQ(route.path_template.data(), route.operation->path_template.data());
}

TEST(Router, EmptyRouterClaimsNothing) {
  EXPECT_EQ(Router().find("h", "/", Method::get, "GET").kind, RouteKind::no_api);
}

TEST(Router, RefusesWhatIsAmbiguous) {
  const auto text = [](auto&& fill) {
    Gate gate;
    fill(gate);
    return gate.build_error();
  };
  EXPECT_EQ(text([](Gate& g) {
              g.api("a", {"h"}, "/v1/");
              g.api("b", {"h"}, "/v1");
            }),
            "b: host 'h' and base path '/v1' belong to API 'a' already");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"h"}, "/").get("/{x}").get("/{y}"); }),
            "a: GET /{x} and /{y} are the same operation");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"h"}, "/v1").get("/v1x"); }),
            "a: operation GET /v1x is outside the base path");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"h"}, "/{v}"); }), "a: base path '/{v}' is not a plain path");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"h"}, "//"); }), "a: base path '//' is not a plain path");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"h"}, "/a/../b"); }), "a: base path '/a/../b' is not a plain path");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"*x"}, "/"); }), "a: host '*x' is neither a name, \"*\" nor \"*.name\"");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"*.a.*"}, "/"); }),
            "a: host '*.a.*' is neither a name, \"*\" nor \"*.name\"");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {}, "/"); }), "a: an API needs a host, or \"*\"");
  EXPECT_EQ(text([](Gate& g) { g.api("a", {"h"}, "/").get("/{x"); }), "a: unbalanced '{' in path template");
}

// "/a" or "/{v}" at each of `depth` levels, all combinations: each level doubles the search.
void exploding(Gate& gate, int depth) {
  auto& api = gate.api("a", {"h"}, "/");
  for (int i = 0; i < 1 << depth; ++i) {
    std::string path;
    for (int level = 0; level < depth; ++level)
      path += ((i >> level) & 1) != 0 ? "/a" : "/{v" + std::to_string(level) + "}";
    api.get(path + "/end");
  }
}

TEST(Router, SearchIsBoundedAtBuildTime) {
  Gate fits;
  exploding(fits, 12);  // 2^13 - 1 inner nodes and 2^12 ends
  fits.build();
  EXPECT_EQ(fits.router().worst_case(), (1u << 13) - 1 + (1u << 12));
  std::string path;
  for (int level = 0; level < 12; ++level) path += "/a";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(fits.route("h", "GET", path + "/other"), "a unknown_path");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(50));
  EXPECT_EQ(fits.route("h", "GET", path + "/end").substr(0, 13), "a operation /");

  Gate explodes;
  exploding(explodes, 13);
  EXPECT_EQ(explodes.build_error().substr(0, 68),
            "a: templates overlap so much that one path could cost 24575 steps; 1");
}

TEST(Router, SiblingsCountTowardsTheBound) {
  Gate fits, exceeds;
  auto& api = fits.api("a", {"h"}, "/");
  auto& wider = exceeds.api("a", {"h"}, "/");
  // Root, `n` scanned siblings and their `n` nodes: 1 + 2n.
  for (int i = 0; i < 8192; ++i) {
    const std::string text = "/x" + std::to_string(i) + "-{id}";
    if (i < 8191) api.get(text);
    wider.get(text);
  }
  fits.build();
  EXPECT_EQ(fits.router().worst_case(), 16'383u);
  EXPECT_EQ(fits.route("h", "GET", "/x77-1"), "a operation /x77-{id}");
  EXPECT_NE(exceeds.build_error(), "");
}

TEST(Router, HostsShareATreeOfBasePaths) {
  Gate gate;
  std::vector<std::string> hosts;
  hosts.reserve(10'000);
  for (int i = 0; i < 10'000; ++i) hosts.push_back("h" + std::to_string(i) + ".example.com");
  gate.api("a", hosts, "/v1").get("/v1/x");
  gate.build();
  EXPECT_EQ(gate.route("h9999.example.com", "GET", "/v1/x"), "a operation /v1/x");
  EXPECT_LT(gate.router().bytes(), 10'000 * 100u);
}

}  // namespace
}  // namespace sallyport
