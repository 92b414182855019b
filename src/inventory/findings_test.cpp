#include "inventory/findings.hpp"

#include <gtest/gtest.h>

namespace sallyport::inventory {
namespace {

constexpr std::int64_t minute = 60'000'000;

events::RecordView call(std::uint16_t status = 200, std::string_view path = "/a") {
  events::RecordView r;
  r.route = RouteKind::operation;
  r.api = "shop";
  r.method = "GET";
  r.path_template = path;
  r.outcome = Outcome::forwarded;
  r.status = status;
  r.time_us = 10 * minute;
  return r;
}

events::RecordView denied(std::string_view control, std::uint16_t status) {
  events::RecordView r = call(status);
  r.outcome = Outcome::denied;
  r.control = control;
  r.rule = "rule";
  r.detail = "place";
  return r;
}

void repeat(Findings& findings, const events::RecordView& record, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) findings.add(record);
}

TEST(FindingsTest, AnAttackIsOneMatterWithItsNewestCalls) {
  Findings findings;
  for (std::uint8_t i = 1; i <= Findings::max_evidence + 2; ++i) {
    auto one = denied(i % 2 == 0 ? "waf" : "crs", 403);
    one.id.bytes[0] = i;
    one.time_us += i;
    findings.add(one);
  }
  const auto list = findings.list();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].id, "attack shop GET /a");
  EXPECT_EQ(list[0].times, Findings::max_evidence + 2);
  ASSERT_EQ(list[0].evidence.size(), Findings::max_evidence);
  EXPECT_EQ(list[0].evidence[0].call.bytes[0], Findings::max_evidence + 2);
  EXPECT_EQ(list[0].evidence[0].text, "rule: place");
  EXPECT_EQ(list[0].severity, Severity::medium);
}

TEST(FindingsTest, AnAttackThatWasOnlyObservedIsWorse) {
  Findings findings;
  const std::array notes{events::NoteView{"waf", Note::Action::would_deny, "sql", "query q"}};
  auto one = call();
  one.notes = notes;
  findings.add(one);
  EXPECT_EQ(findings.list().at(0).severity, Severity::high);
  EXPECT_EQ(findings.list().at(0).evidence.at(0).text, "sql: query q");
}

TEST(FindingsTest, StuffingAndSprayingAreAttacksAndForgettingIsNone) {
  Findings findings;
  auto one = denied("protect_logins", 429);
  one.rule = "known_source";
  findings.add(one);
  EXPECT_TRUE(findings.list().empty());
  for (const char* rule : {"stuffing", "spraying"}) {
    one.rule = rule;
    findings.add(one);
  }
  ASSERT_EQ(findings.list().size(), 1u);
  EXPECT_EQ(findings.list()[0].kind, FindingKind::attack);
  EXPECT_EQ(findings.list()[0].times, 2u);
}

TEST(FindingsTest, ASpikeIsSoManyInAMinute) {
  for (const char* control : {"rate_limit", "address_limit", "protect_logins"}) {
    Findings findings;
    repeat(findings, denied(control, 429), Findings::spike_calls - 1);
    auto later = denied(control, 429);
    later.time_us += minute;
    findings.add(later);
    EXPECT_TRUE(findings.list().empty()) << "the minute is over";
    repeat(findings, later, Findings::spike_calls - 1);
    ASSERT_EQ(findings.list().size(), 1u);
    EXPECT_EQ(findings.list()[0].kind, FindingKind::limit_spike);
  }
}

TEST(FindingsTest, RefusalsCountWhoeverSaidThem) {
  Findings findings;
  repeat(findings, denied("authenticate", 401), Findings::spike_calls / 2);
  repeat(findings, call(403), Findings::spike_calls / 2 - 1);
  EXPECT_TRUE(findings.list().empty());
  findings.add(call(401));
  ASSERT_EQ(findings.list().size(), 1u);
  EXPECT_EQ(findings.list()[0].kind, FindingKind::auth_failures);
}

TEST(FindingsTest, AnAnswerFarLargerThanTheOthersIsBulk) {
  Findings findings;
  auto usual = call();
  usual.bytes_out = Findings::bulk_bytes / Findings::bulk_times;
  auto large = call();
  large.bytes_out = Findings::bulk_bytes + Findings::bulk_times;
  repeat(findings, usual, Findings::bulk_calls - 1);
  Findings young = {};
  repeat(young, usual, Findings::bulk_calls - 1);
  young.add(large);
  EXPECT_TRUE(young.list().empty()) << "too few to know what is usual";
  findings.add(usual);
  auto less = call();
  less.bytes_out = Findings::bulk_bytes - 1;
  findings.add(less);
  EXPECT_TRUE(findings.list().empty());
  large.bytes_out = 20 * Findings::bulk_bytes;
  findings.add(large);
  ASSERT_EQ(findings.list().size(), 1u);
  EXPECT_EQ(findings.list()[0].kind, FindingKind::bulk_response);
}

Endpoint endpoint(State state, std::int64_t last_seen_us = 5) {
  Endpoint out;
  out.api = "shop";
  out.method = "GET";
  out.path = "/a";
  out.calls = 3;
  out.last_seen_us = last_seen_us;
  out.states.add(state);
  return out;
}

TEST(FindingsTest, StatesAreFindingsAndCloseThemselves) {
  for (const auto& [state, kind] :
       {std::pair(State::shadow, FindingKind::shadow), std::pair(State::zombie, FindingKind::zombie),
        std::pair(State::unauthenticated, FindingKind::unauthenticated),
        std::pair(State::drifting, FindingKind::drift)}) {
    Findings findings;
    findings.add({endpoint(state)}, 9);
    ASSERT_EQ(findings.list().size(), 1u);
    EXPECT_EQ(findings.list()[0].kind, kind);
    EXPECT_EQ(findings.list()[0].times, 3u);
    findings.add({endpoint(State::documented)}, 9);
    EXPECT_EQ(findings.list()[0].standing, Standing::closed);
    findings.add({endpoint(state)}, 9);
    EXPECT_EQ(findings.list()[0].standing, Standing::closed) << "nothing new happened";
    findings.add({endpoint(state, 6)}, 9);
    EXPECT_EQ(findings.list()[0].standing, Standing::open);
  }
  Findings findings;
  findings.add({endpoint(State::documented), endpoint(State::orphan)}, 9);
  EXPECT_TRUE(findings.list().empty());
}

TEST(FindingsTest, AProbeThatNothingAnsweredIsNoFinding) {
  Findings findings;
  Endpoint probe = endpoint(State::shadow);
  probe.denied = 2;
  probe.absent = 1;
  findings.add({probe}, 9);
  EXPECT_TRUE(findings.list().empty());
  probe.absent = 0;
  findings.add({probe}, 9);
  EXPECT_EQ(findings.list().size(), 1u);
}

TEST(FindingsTest, AnAcceptedOneStaysSoAndAClosedOneOpensAgain) {
  Findings findings;
  findings.add(denied("waf", 403));
  const std::string id = findings.list()[0].id;
  EXPECT_FALSE(findings.set("nothing", Standing::closed));
  EXPECT_TRUE(findings.set(id, Standing::accepted));
  findings.add(denied("waf", 403));
  EXPECT_EQ(findings.find(id)->standing, Standing::accepted);
  EXPECT_TRUE(findings.set(id, Standing::closed));
  findings.add(denied("waf", 403));
  EXPECT_EQ(findings.find(id)->standing, Standing::open);
  EXPECT_EQ(findings.find("nothing"), std::nullopt);
}

TEST(FindingsTest, TheOldestMakesRoom) {
  Findings findings;
  std::vector<std::string> paths;
  for (std::size_t i = 0; i <= Findings::max_findings; ++i) paths.push_back("/" + std::to_string(i));
  for (std::size_t i = 0; i < Findings::max_findings; ++i) {
    auto one = denied("waf", 403);
    one.path_template = paths[i];
    findings.add(one);
  }
  EXPECT_EQ(findings.list().size(), Findings::max_findings);
  EXPECT_TRUE(findings.find("attack shop GET /0"));
  auto one = denied("waf", 403);
  one.path_template = paths.back();
  findings.add(one);
  EXPECT_EQ(findings.list().size(), Findings::max_findings);
  EXPECT_FALSE(findings.find("attack shop GET /0"));
}

TEST(FindingsTest, RestoredOnesGoOn) {
  Findings findings;
  findings.add(denied("waf", 403));
  Findings next;
  next.restore(findings.list());
  next.add(denied("waf", 403));
  ASSERT_EQ(next.list().size(), 1u);
  EXPECT_EQ(next.list()[0].times, 2u);
}

}  // namespace
}  // namespace sallyport::inventory
