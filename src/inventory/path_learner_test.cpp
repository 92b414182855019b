#include "inventory/path_learner.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::inventory {
namespace {

std::vector<std::string> shown(const PathLearner& learner, std::uint64_t least = 2) {
  std::vector<std::string> out;
  for (const LearnedPath& path : learner.paths(least)) out.push_back(path.path);
  return out;
}
using Paths = std::vector<std::string>;

const char* const names[] = {"ana",   "bo",   "chen", "dara", "emeka", "fatima",
                             "goran", "hana", "ivo",  "jun",  "kofi",  "lena"};

TEST(Segments, TellValuesFromNames) {
  for (const char* name :
       {"orders", "oauth2", "s3", "a2p", "Usa2p", "findByStatus", "2fa", "user_profiles", "orders:cancel",
        "PreregisteredUsa2p", "UserDefinedMessageSubscriptions", "public-key", "code-scanning"}) {
    EXPECT_EQ(kind_of_segment(name), Segment::word) << name;
  }
  EXPECT_EQ(kind_of_segment("17"), Segment::integer);
  EXPECT_EQ(kind_of_segment("-1"), Segment::integer);
  EXPECT_EQ(kind_of_segment("0190e5a0-7b1c-7c3e-8a55-0123456789ab"), Segment::uuid);
  EXPECT_EQ(kind_of_segment("2024-11-23"), Segment::date);
  EXPECT_EQ(kind_of_segment("2024-11-23T10:00:00Z"), Segment::date);
  EXPECT_EQ(kind_of_segment("d14a028c2a3a2bc9476102bb288234c415a2b01f"), Segment::hash);
  EXPECT_EQ(kind_of_segment("507f1f77bcf86cd799439011"), Segment::hash);
  EXPECT_EQ(kind_of_segment("thread_8fA31xb"), Segment::code);
  EXPECT_EQ(kind_of_segment("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Segment::code);
  EXPECT_EQ(kind_of_segment("web-7d4f9c"), Segment::code);
  EXPECT_EQ(kind_of_segment("ana@example.org"), Segment::other);
  EXPECT_EQ(kind_of_segment("main...dev"), Segment::other);
  EXPECT_EQ(kind_of_segment("sha256:8f31c0"), Segment::other);
  for (const char* version : {"v1", "v2beta1", "v1.2", "1.2", "v10"})
    EXPECT_EQ(kind_of_segment(version), Segment::version) << version;
  EXPECT_EQ(kind_of_segment("en-US"), Segment::locale);
  EXPECT_EQ(split_extension("17.json").stem, "17");
  EXPECT_EQ(split_extension("17.json").extension, ".json");
  EXPECT_EQ(split_extension("v1.2").extension, "");
  EXPECT_EQ(split_extension(".json").extension, "");
}

TEST(PathLearner, ValuesThatLookLikeIt) {
  PathLearner learner;
  for (int i = 0; i < 5; ++i) {
    learner.add("/v1/orders/" + std::to_string(1000 + i) + "/items/" + std::to_string(i));
    learner.add("/v1/orders/" + std::to_string(1000 + i) + ".json");
    learner.add("/v1/orders");
  }
  EXPECT_EQ(shown(learner), (Paths{"/v1/orders", "/v1/orders/{}.json", "/v1/orders/{}/items/{}"}));
  const auto learned = learner.paths();
  EXPECT_EQ(learned[0].calls, 5u);
  EXPECT_EQ(learned[2].values, (std::vector<Segment>{Segment::integer, Segment::integer}));
}

TEST(PathLearner, WordsWithoutEndAreValuesAndOftenSeenOnesAreNames) {
  PathLearner learner;
  for (const char* name : names) learner.add(std::string("/users/") + name);
  for (int i = 0; i < 40; ++i) learner.add("/users/login");
  EXPECT_EQ(shown(learner), (Paths{"/users/login", "/users/{}"}));
}

TEST(PathLearner, FewWordsAreNames) {
  PathLearner learner;
  for (int i = 0; i < 20; ++i) {
    for (const char* name :
         {"code", "commits", "issues", "labels", "topics", "users", "repositories", "teams", "wikis"}) {
      learner.add(std::string("/search/") + name);
    }
  }
  EXPECT_EQ(shown(learner).size(), 9u);
}

TEST(PathLearner, WordsWithTheSameBelowThemAreValues) {
  PathLearner learner;
  for (int i = 0; i < 30; ++i) {
    for (const char* tenant : {"acme", "zorg", "initech", "hooli"}) {
      learner.add(std::string("/") + tenant + "/members");
      learner.add(std::string("/") + tenant + "/billing/invoices");
      learner.add(std::string("/") + tenant + "/projects/" + std::to_string(i));
    }
    learner.add("/status/health");
  }
  EXPECT_EQ(shown(learner), (Paths{"/status/health", "/{}/billing/invoices", "/{}/members", "/{}/projects/{}"}));
}

TEST(PathLearner, CollectionsWithValuesBelowStayApart) {
  // configmaps/{} and endpoints/{} look alike, and are not: no name below says that they are.
  PathLearner learner;
  for (const char* collection : {"configmaps", "endpoints", "events", "pods", "secrets"}) {
    for (int i = 0; i < 20; ++i) learner.add(std::string("/api/") + collection + "/" + names[i % 12]);
    learner.add(std::string("/api/") + collection);
    learner.add(std::string("/api/") + collection);
  }
  const Paths learned = shown(learner);
  for (const Paths::value_type& path : learned)
    EXPECT_TRUE(path.starts_with("/api/") && !path.starts_with("/api/{}")) << path;
}

TEST(PathLearner, VersionsInFrontAreNames) {
  PathLearner learner;
  for (int i = 0; i < 20; ++i) {
    for (const char* version : {"v1", "v2", "v3", "2010-04-01"}) {
      learner.add(std::string("/") + version + "/accounts");
      learner.add(std::string("/") + version + "/orders");
      learner.add(std::string("/") + version + "/invoices");
    }
  }
  EXPECT_EQ(shown(learner).size(), 12u);
}

TEST(PathLearner, AClosedSetOfNumbersAreNames) {
  PathLearner learner;
  for (int i = 0; i < 10; ++i) {
    for (const char* status : {"200", "204", "302", "404", "500"}) learner.add(std::string("/status/") + status);
  }
  EXPECT_EQ(shown(learner).size(), 5u);
}

TEST(PathLearner, RareCallsAreNoEndpoints) {
  PathLearner learner;
  learner.add("/orders");
  learner.add("/orders");
  learner.add("/.env");
  EXPECT_EQ(shown(learner), Paths{"/orders"});
  EXPECT_EQ(shown(learner, 1), (Paths{"/.env", "/orders"}));
}

TEST(PathLearner, RemembersTagsOfEachPath) {
  PathLearner learner;
  learner.add("/orders/1", 3);
  learner.add("/orders/2", 1);
  learner.add("/orders/3", 3);
  ASSERT_EQ(learner.paths().size(), 1u);
  EXPECT_EQ(learner.paths()[0].tags, (std::vector<std::uint32_t>{1, 3}));
}

TEST(PathLearner, IsBounded) {
  PathLearner learner(4);  // the root and three segments
  learner.add("/a/b/c");
  EXPECT_EQ(learner.left_out(), 0u);
  EXPECT_EQ(learner.nodes(), 4u);
  learner.add("/a/b/d");
  EXPECT_EQ(learner.left_out(), 1u);
  EXPECT_EQ(learner.nodes(), 4u);
  learner.add("/a/b/c");
  EXPECT_EQ(shown(learner), Paths{"/a/b/c"});

  PathLearner wide;
  std::string path;
  for (std::size_t i = 0; i < PathLearner::max_segments; ++i) path += "/a";
  wide.add(path);
  EXPECT_EQ(wide.left_out(), 0u);
  wide.add(path + "/a");
  EXPECT_EQ(wide.left_out(), 1u);
  wide.add("/" + std::string(PathLearner::max_segment, 'x'));
  EXPECT_EQ(wide.left_out(), 1u);
  wide.add("/" + std::string(PathLearner::max_segment + 1, 'x'));
  EXPECT_EQ(wide.left_out(), 2u);
}

TEST(PathLearner, NumbersOneAfterTheOtherAreCountedThings) {
  PathLearner counted;
  PathLearner statuses;
  for (int call = 0; call < 20; ++call) {
    for (int i = 0; i < 30; ++i) counted.add("/orders/7/items/" + std::to_string(i));
    for (const char* status : {"200", "201", "202", "400", "401", "403", "404"})
      statuses.add(std::string("/status/") + status);
  }
  ASSERT_EQ(counted.paths().size(), 1u);
  EXPECT_EQ(counted.paths()[0].path, "/orders/{}/items/{}");
  EXPECT_EQ(statuses.paths().size(), 7u);
}

}  // namespace
}  // namespace sallyport::inventory
