#include "inventory/endpoints.hpp"

#include <gtest/gtest.h>

#include "inventory/learned_paths.hpp"

namespace sallyport::inventory {
namespace {

constexpr std::int64_t day = 86'400'000'000;
constexpr std::int64_t now = 20'000 * day;

events::RecordView call(std::string_view path_template, std::string_view method = "GET") {
  events::RecordView r;
  r.route = RouteKind::operation;
  r.api = "shop";
  r.method = method;
  r.path_template = path_template;
  r.path = path_template;
  r.outcome = Outcome::forwarded;
  r.status = 200;
  r.duration_us = 100;
  r.time_us = now;
  r.credential = "bearer:1";
  r.actor.how = "jwt";
  r.actor.subject = "ana";
  r.client.bytes[15] = 1;
  return r;
}

events::RecordView unknown(std::string_view path, RouteKind route = RouteKind::unknown_path) {
  events::RecordView r = call("");
  r.route = route;
  r.path = path;
  return r;
}

events::RecordView refused(events::RecordView r) {
  r.outcome = Outcome::denied;
  r.status = 404;
  return r;
}

Operation operation(const char* path, const char* method = "GET") {
  Operation out;
  out.method_token = method;
  out.path_template = path;
  out.owner = "team";
  out.purpose = "sells";
  out.data_classes = {"internal"};
  out.security_declared = true;
  out.security.push_back({SecurityNeed{SecurityNeed::Scheme::token, "bearer", {}}});
  return out;
}

Policy policy_of(std::vector<Operation> operations, bool has_spec = true) {
  auto api = std::make_unique<Api>();
  api->name = "shop";
  api->version = "1.4";
  api->has_spec = has_spec;
  api->operations = std::move(operations);
  Policy policy;
  policy.apis.push_back(std::move(api));
  return policy;
}

class EndpointsTest : public testing::Test {
 protected:
  const Endpoint& row(std::string_view path, std::string_view method = "GET") {
    rows = endpoints.rows(now);
    const auto at = std::ranges::find_if(rows, [&](const Endpoint& r) { return r.path == path && r.method == method; });
    static const Endpoint none;
    if (at != rows.end()) return *at;
    ADD_FAILURE() << method << ' ' << path << " is not there";
    return none;
  }
  static bool says(const Endpoint& endpoint, std::string_view text) {
    return std::ranges::any_of(endpoint.reasons, [&](const Reason& r) { return r.text.contains(text); });
  }

  std::vector<Endpoint> rows;
  Endpoints endpoints{SipKey{1}, now - day, {.max_declared = 4, .max_shapes = 3}};
};

TEST_F(EndpointsTest, DeclaredOnesSayWhatTheirSpecificationSays) {
  endpoints.declare(policy_of({operation("/orders/{id}")}));
  const Endpoint& it = row("/orders/{id}");
  EXPECT_EQ(it.version, "1.4");
  EXPECT_EQ(it.owner, "team");
  EXPECT_EQ(it.purpose, "sells");
  EXPECT_EQ(it.access, Access::known);
  EXPECT_EQ(it.stage, "production");
  EXPECT_TRUE(it.states.has(State::documented));
  EXPECT_EQ(it.score, 100u);
  EXPECT_EQ(it.callers, 0u);
}

TEST_F(EndpointsTest, CallsAreCounted) {
  endpoints.declare(policy_of({operation("/a")}));
  auto one = call("/a");
  one.bytes_in = 10;
  one.bytes_out = 20;
  endpoints.add(one);
  one.actor.subject = "zoe";
  one.time_us = now - 5;
  endpoints.add(one);
  auto failed = call("/a");
  failed.outcome = Outcome::failed;
  failed.status = 502;
  endpoints.add(failed);
  auto denied = call("/a");
  denied.outcome = Outcome::denied;
  denied.status = 401;
  endpoints.add(denied);
  const Endpoint& it = row("/a");
  EXPECT_EQ(it.calls, 4u);
  EXPECT_EQ(it.denied, 1u);
  EXPECT_EQ(it.errors, 1u);
  EXPECT_EQ(it.answered, 2u);
  EXPECT_EQ(it.auth_failures, 1u);
  EXPECT_EQ(it.statuses, (std::array<std::uint64_t, 5>{0, 2, 0, 1, 1}));
  EXPECT_EQ(it.bytes_in, 20u);
  EXPECT_EQ(it.bytes_out, 40u);
  EXPECT_EQ(it.callers, 2u);
  EXPECT_EQ(it.first_seen_us, now - 5);
  EXPECT_EQ(it.last_seen_us, now);
  EXPECT_NEAR(static_cast<double>(it.p50_us), 100, 12.5);
  ASSERT_EQ(it.auth.size(), 1u);
  EXPECT_EQ(it.auth[0], (std::pair<std::string, std::uint64_t>{"jwt", 2}));
}

TEST_F(EndpointsTest, AnswersToNobodyAreUnauthenticatedUnlessTheContractAllowsIt) {
  Operation open = operation("/open");
  open.security = {{}};
  Operation unsaid = operation("/unsaid");
  unsaid.security_declared = false;
  unsaid.security.clear();
  endpoints.declare(policy_of({operation("/a"), open, unsaid}));
  for (const char* path : {"/a", "/open", "/unsaid"}) {
    auto nobody = call(path);
    nobody.actor = {};
    nobody.credential = {};
    endpoints.add(nobody);
  }
  EXPECT_TRUE(row("/a").states.has(State::unauthenticated));
  EXPECT_TRUE(says(row("/a"), "against its contract"));
  EXPECT_TRUE(row("/unsaid").states.has(State::unauthenticated));
  EXPECT_FALSE(row("/open").states.has(State::unauthenticated));
}

TEST_F(EndpointsTest, ARefusedCallOfNobodyIsNoAnswer) {
  endpoints.declare(policy_of({operation("/a")}));
  auto nobody = refused(call("/a"));
  nobody.actor = {};
  nobody.credential = {};
  endpoints.add(nobody);
  EXPECT_FALSE(row("/a").states.has(State::unauthenticated));
}

TEST_F(EndpointsTest, ACredentialThatNobodyLookedAtIsUnverified) {
  endpoints.declare(policy_of({operation("/a")}));
  auto some = call("/a");
  some.actor = {};
  endpoints.add(some);
  EXPECT_EQ(row("/a").auth.at(0).first, "unverified");
  EXPECT_FALSE(row("/a").states.has(State::unauthenticated));
}

TEST_F(EndpointsTest, WhatNoSpecificationHasIsShadow) {
  endpoints.declare(policy_of({operation("/a")}));
  endpoints.add(refused(unknown("/debug")));
  EXPECT_TRUE(row("/debug").states.has(State::shadow));
  EXPECT_TRUE(says(row("/debug"), "none was answered"));
  const std::uint32_t probed = row("/debug").score;
  auto absent = unknown("/debug");
  absent.status = 404;
  endpoints.add(absent);
  EXPECT_EQ(row("/debug").score, probed) << "the API has it no more than we do";
  endpoints.add(unknown("/debug"));
  EXPECT_TRUE(says(row("/debug"), "1 call got through"));
  EXPECT_LT(row("/debug").score, probed);
  auto other = call("/a/{id}", "DELETE");
  other.route = RouteKind::unknown_method;
  endpoints.add(other);
  EXPECT_TRUE(row("/a/{id}", "DELETE").states.has(State::shadow)) << "under the declared template";
  EXPECT_FALSE(row("/a").states.has(State::shadow));
}

TEST_F(EndpointsTest, WhatNoApiClaimsIsNobodysEndpoint) {
  endpoints.add(unknown("/a", RouteKind::no_api));
  EXPECT_TRUE(endpoints.rows(now).empty());
}

TEST_F(EndpointsTest, RetiredPastSunsetAndRemovedAreZombiesWhenCalled) {
  Operation retired = operation("/retired");
  retired.stage = Stage::retired;
  Operation late = operation("/late");
  late.stage = Stage::deprecated;
  late.sunset = "Thu, 01 Jan 1970 00:00:00 GMT";
  Operation early = operation("/early");
  early.stage = Stage::deprecated;
  early.sunset = "Fri, 31 Dec 2100 00:00:00 GMT";
  endpoints.declare(policy_of({retired, late, early, operation("/gone")}));
  EXPECT_FALSE(row("/retired").states.has(State::zombie)) << "nobody calls it";
  for (const char* path : {"/retired", "/late", "/early", "/gone"}) endpoints.add(call(path));
  EXPECT_TRUE(row("/retired").states.has(State::zombie));
  EXPECT_TRUE(row("/late").states.has(State::zombie));
  EXPECT_FALSE(row("/early").states.has(State::zombie));
  EXPECT_FALSE(row("/gone").states.has(State::zombie));
  endpoints.declare(policy_of({retired, late, early}));
  EXPECT_EQ(row("/gone").stage, "removed");
  EXPECT_TRUE(row("/gone").states.has(State::zombie));
  EXPECT_EQ(row("/gone").calls, 1u) << "counts stay";
}

TEST_F(EndpointsTest, UnusedForThirtyDaysIsAnOrphan) {
  Endpoints old(SipKey{1}, now - orphan_after_us - 1);
  old.declare(policy_of({operation("/used"), operation("/unused")}));
  old.add(call("/used"));
  const auto at = [&](std::size_t i) { return old.rows(now)[i]; };
  EXPECT_EQ(at(0).path, "/unused");
  EXPECT_TRUE(at(0).states.has(State::orphan));
  EXPECT_FALSE(at(1).states.has(State::orphan));
  Endpoints young(SipKey{1}, now - orphan_after_us);
  young.declare(policy_of({operation("/unused")}));
  EXPECT_FALSE(young.rows(now)[0].states.has(State::orphan)) << "not watched for long enough";
}

TEST_F(EndpointsTest, AnswersBesideTheContractAreDrift) {
  endpoints.declare(policy_of({operation("/a")}));
  const std::array bad_call{events::NoteView{"contract", Note::Action::would_deny, "type", "body /x: type"}};
  auto one = call("/a");
  one.notes = bad_call;
  endpoints.add(one);
  EXPECT_FALSE(row("/a").states.has(State::drifting)) << "the caller's mistake";
  const std::array misfit{events::NoteView{"contract", Note::Action::noted, "type", "answer: body /x: type"}};
  one.notes = misfit;
  endpoints.add(one);
  EXPECT_TRUE(row("/a").states.has(State::drifting));
  EXPECT_EQ(row("/a").misfits, 1u);
  EXPECT_EQ(row("/a").last_misfit, "body /x: type");
}

TEST_F(EndpointsTest, DataOfAnUndeclaredClassIsDrift) {
  Operation cards = operation("/cards");
  cards.data_classes = {"pci", "pii"};
  Operation silent = operation("/silent");
  silent.data_classes.clear();
  endpoints.declare(policy_of({operation("/a"), cards, silent}));
  const std::array notes{events::NoteView{"data_classes", Note::Action::noted, "card", "pci in response /n"},
                         events::NoteView{"data_classes", Note::Action::noted, "email", "pii in request /m"}};
  for (const char* path : {"/a", "/cards", "/silent", "/a"}) {
    auto one = call(path);
    one.notes = notes;
    endpoints.add(one);
  }
  const Endpoint& it = row("/a");
  EXPECT_TRUE(it.states.has(State::drifting));
  EXPECT_TRUE(says(it, "pci, pii"));
  ASSERT_EQ(it.data.size(), 2u);
  EXPECT_EQ(it.data[0].type, "card");
  EXPECT_EQ(it.data[0].data_class, "pci");
  EXPECT_EQ(it.data[0].place, "/n");
  EXPECT_TRUE(it.data[0].response);
  EXPECT_EQ(it.data[0].times, 2u);
  EXPECT_FALSE(it.data[1].response);
  EXPECT_FALSE(row("/cards").states.has(State::drifting));
  EXPECT_FALSE(row("/silent").states.has(State::drifting));
  EXPECT_TRUE(says(row("/silent"), "nobody declared"));
}

TEST_F(EndpointsTest, SightingsOfDataAreBounded) {
  endpoints.declare(policy_of({operation("/a")}));
  std::vector<std::string> types;
  for (std::size_t i = 0; i <= max_data; ++i) types.push_back("t" + std::to_string(i));
  for (std::size_t i = 0; i <= max_data; ++i) {
    EXPECT_FALSE(row("/a").data_cut) << i;
    const std::array notes{events::NoteView{"data_classes", Note::Action::noted, types[i], "pii in request /m"}};
    auto one = call("/a");
    one.notes = notes;
    endpoints.add(one);
  }
  EXPECT_EQ(row("/a").data.size(), max_data);
  EXPECT_TRUE(row("/a").data_cut);
}

TEST_F(EndpointsTest, TheOldestShapeMakesRoom) {
  for (const char* path : {"/a", "/b", "/c"}) endpoints.add(unknown(path));
  endpoints.add(unknown("/a"));
  EXPECT_EQ(endpoints.rows(now).size(), 3u);
  endpoints.add(unknown("/d"));
  EXPECT_EQ(endpoints.rows(now).size(), 3u);
  EXPECT_EQ(row("/a").calls, 2u);
  EXPECT_EQ(row("/d").calls, 1u);
}

TEST_F(EndpointsTest, FurtherDeclaredOnesAreLeftOutAndCounted) {
  endpoints.declare(policy_of({operation("/a"), operation("/b"), operation("/c"), operation("/d")}));
  EXPECT_EQ(endpoints.left_out(), 0u);
  endpoints.declare(policy_of({operation("/a"), operation("/b"), operation("/c"), operation("/d"), operation("/e")}));
  EXPECT_EQ(endpoints.left_out(), 1u);
  EXPECT_EQ(endpoints.rows(now).size(), 4u);
}

TEST_F(EndpointsTest, WhatWasSavedGoesOn) {
  endpoints.declare(policy_of({operation("/a"), operation("/gone")}));
  auto one = call("/a");
  const std::array notes{events::NoteView{"data_classes", Note::Action::noted, "card", "pci in response /n"}};
  one.notes = notes;
  endpoints.add(one);
  endpoints.add(call("/gone"));
  endpoints.add(unknown("/debug"));
  EXPECT_TRUE(endpoints.save(now + 1).empty());
  const auto saved = endpoints.save(now);
  ASSERT_EQ(saved.size(), 3u);

  Endpoints next(SipKey{1}, now);
  next.declare(policy_of({operation("/a")}));
  next.restore(saved);
  one.time_us = now + 7;
  next.add(one);
  const auto all = next.rows(now);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].path, "/a");
  EXPECT_EQ(all[0].calls, 2u);
  EXPECT_EQ(all[0].callers, 1u) << "the same one";
  EXPECT_EQ(all[0].first_seen_us, now);
  EXPECT_EQ(all[0].last_seen_us, now + 7);
  EXPECT_EQ(all[0].data.at(0).times, 2u);
  EXPECT_EQ(all[0].auth.at(0).second, 2u);
  EXPECT_EQ(all[1].path, "/debug");
  EXPECT_TRUE(all[1].states.has(State::shadow));
  EXPECT_EQ(all[2].path, "/gone");
  EXPECT_TRUE(all[2].states.has(State::zombie));
}

TEST_F(EndpointsTest, OfAnApiThatIsNoMoreNothingIsRestored) {
  endpoints.declare(policy_of({operation("/a")}));
  endpoints.add(call("/a"));
  Endpoints next(SipKey{1}, now);
  next.restore(endpoints.save(0));
  EXPECT_TRUE(next.rows(now).empty());
}

TEST(EndpointsLearned, PathsOfOneTemplateAreOneEndpoint) {
  Endpoints endpoints(SipKey{1}, now);
  endpoints.declare(policy_of({}, false));
  std::vector<std::string> paths;
  for (int i = 0; i < 40; ++i)
    paths.push_back("/users/" + std::string(3 + i % 5, static_cast<char>('a' + i % 26)) + std::to_string(i) +
                    "x/orders");
  for (const std::string& path : paths) {
    auto one = unknown(path, RouteKind::prefix);
    one.actor.subject = path;
    endpoints.add(one);
  }
  for (int i = 0; i < 10; ++i) endpoints.add(unknown("/health", RouteKind::prefix));
  endpoints.add(unknown("/items/17", RouteKind::prefix));
  endpoints.add(unknown("/items/18", RouteKind::prefix));
  const auto rows = endpoints.rows(now);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].path, "/health");
  EXPECT_EQ(rows[0].calls, 10u);
  EXPECT_EQ(rows[1].path, "/items/{}");
  EXPECT_EQ(rows[1].calls, 2u);
  EXPECT_EQ(rows[2].path, "/users/{}/orders");
  EXPECT_EQ(rows[2].calls, 40u);
  EXPECT_NEAR(static_cast<double>(rows[2].callers), 40, 4);
  EXPECT_TRUE(rows[2].reasons[0].text.contains("its API has no specification"));
}

TEST(LearnedPathsTest, Fits) {
  EXPECT_TRUE(path_fits("/a/17", "/a/{}"));
  EXPECT_TRUE(path_fits("/a/17.json", "/a/{}.json"));
  EXPECT_FALSE(path_fits("/a/.json", "/a/{}.json"));
  EXPECT_FALSE(path_fits("/a/17.xml", "/a/{}.json"));
  EXPECT_FALSE(path_fits("/a/", "/a/{}"));
  EXPECT_FALSE(path_fits("/a/17/b", "/a/{}"));
  EXPECT_FALSE(path_fits("/b/17", "/a/{}"));
  EXPECT_TRUE(path_fits("/", "/"));
}

TEST(DistinctTest, CountsWithinItsError) {
  Distinct few;
  EXPECT_EQ(few.estimate(), 0u);
  const auto hash = [](std::uint64_t i) { return siphash(SipKey{7}, {reinterpret_cast<const char*>(&i), sizeof i}); };
  for (std::uint64_t i = 0; i < 20; ++i) few.add(hash(i % 10));
  EXPECT_NEAR(static_cast<double>(few.estimate()), 10, 1);
  Distinct many;
  for (std::uint64_t i = 0; i < 100'000; ++i) many.add(hash(i));
  EXPECT_NEAR(static_cast<double>(many.estimate()), 100'000, 3 * 0.065 * 100'000);
  Distinct both = few;
  both.add(many);
  EXPECT_EQ(both.estimate(), many.estimate()) << "the few are among the many";
}

}  // namespace
}  // namespace sallyport::inventory
