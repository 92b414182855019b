#include "match/fold.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "match/evaluation.hpp"
#include "match/rule_set.hpp"

namespace sallyport::match {
namespace {

std::shared_ptr<const RuleSet> rules_of(const std::string& text, bool folded) {
  Options options;
  options.prefilter = false;
  options.fold = folded;
  const std::vector<Source> sources{Source::rules(text, "test.conf")};
  auto rules = RuleSet::compile(sources, options);
  EXPECT_TRUE(rules) << rules.error().text() << "\n" << text;
  return rules ? *rules : nullptr;
}

std::size_t steps(const RuleSet& rules) {
  std::size_t sum = 0;
  for (const auto& phase : rules.program().phases) sum += phase.size();
  return sum;
}

// All that a host can see of a call: matches, the denial, and each variable.
std::string seen(const RuleSet& rules, std::string_view argument, bool answers) {
  Arena arena;
  auto* evaluation = Evaluation::begin(rules, arena, 1'000'000);
  evaluation->input().add(arena, Variable::args, "a", argument);
  for (const int phase : {1, 2, 3, 4, 5}) {
    if (answers || (phase != 3 && phase != 4)) evaluation->run(phase);
  }
  std::string out;
  for (const Match& match : evaluation->matches())
    out += std::to_string(match.id) + " " + std::string(match.place) + "=" + std::string(match.value) + "\n";
  if (evaluation->denied() != nullptr) out += "denied by " + std::to_string(evaluation->denied()->id) + "\n";
  for (const char* name : {"a", "b", "c", "d", "x_a"})
    out += std::string(name) + "=" + std::string(evaluation->text(Variable::tx, name)) + "\n";
  return out;
}

TEST(Fold, WhatNeverMatchesIsTakenOutAndWhatAlwaysDoesIsAssigned) {
  const std::string text =
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=2,setvar:tx.b=x%{tx.a}\"\n"
      "SecRule &TX:a \"@eq 0\" \"id:2,phase:1,nolog,pass,setvar:tx.a=1\"\n"
      "SecRule TX:A \"@lt 3\" \"id:3,phase:2,nolog,pass,skipAfter:END\"\n"
      "SecRule ARGS \"@rx .\" \"id:4,phase:2,pass\"\n"
      "SecMarker END\n"
      "SecRule TX:b \"@streq x2\" \"id:5,phase:2,nolog,pass,setvar:tx.a=+3\"\n"
      "SecRule ARGS \"@streq y\" \"id:6,phase:2,deny,setvar:tx.c=%{tx.a}\"\n";
  const auto folded = rules_of(text, true);
  const auto plain = rules_of(text, false);
  EXPECT_EQ(steps(*folded), 3u);  // two lists of assignments, and rule 6
  EXPECT_EQ(seen(*folded, "y", true), "6 ARGS:a=y\ndenied by 6\na=5\nb=x2\nc=5\nd=\nx_a=\n");
  EXPECT_EQ(seen(*plain, "y", true), seen(*folded, "y", true));
}

// Each makes something unknown that would be folded without it.
TEST(Fold, WhatACallMayChangeStaysARule) {
  const char* texts[] = {
      "SecAction \"id:1,phase:1,nolog,pass,ctl:ruleRemoveById=2\"\nSecAction "
      "\"id:2,phase:1,nolog,pass,setvar:tx.a=1\"\n",
      "SecRule ARGS \"@streq y\" \"id:1,phase:1,nolog,pass,ctl:ruleRemoveById=2\"\nSecAction "
      "\"id:2,phase:1,nolog,pass,setvar:tx.a=1\"\n",
      "SecRule ARGS \"@streq y\" \"id:1,phase:1,nolog,pass,ctl:ruleEngine=Off\"\nSecAction "
      "\"id:2,phase:1,nolog,pass,setvar:tx.a=1\"\n",
      "SecRule ARGS \"@streq y\" \"id:1,phase:1,nolog,allow\"\nSecAction \"id:2,phase:1,nolog,pass,setvar:tx.a=1\"\n"
      "SecAction \"id:3,phase:2,nolog,pass,setvar:tx.a=2\"\nSecRule TX:a \"@eq 2\" \"id:4,phase:5,pass\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule ARGS \"@streq y\" "
      "\"id:2,phase:1,nolog,allow:phase\"\n"
      "SecAction \"id:3,phase:1,nolog,pass,setvar:tx.a=2\"\nSecRule TX:a \"@eq 2\" \"id:4,phase:2,pass\"\n",
      "SecRule ARGS \"@rx (y)\" \"id:1,phase:1,nolog,pass,capture\"\nSecRule TX:1 \"@streq y\" \"id:2,phase:1,pass\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.x_a=1\"\nSecRule ARGS \"@rx y\" "
      "\"id:2,phase:1,nolog,pass,setvar:tx.x_%{MATCHED_VAR_NAME}=2,setvar:tx.%{ARGS.a}=3\"\n"
      "SecRule TX:x_a \"@eq 1\" \"id:3,phase:1,pass\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule ARGS \"@streq y\" "
      "\"id:2,phase:1,nolog,pass,skipAfter:M\"\n"
      "SecAction \"id:3,phase:1,nolog,pass,setvar:tx.a=2\"\nSecMarker M\nSecRule TX:a \"@eq 2\" "
      "\"id:4,phase:1,pass\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule ARGS \"@rx y\" "
      "\"id:2,phase:1,nolog,pass,setvar:tx.a=2,chain\"\n"
      "SecRule ARGS \"@rx z\"\nSecRule TX:a \"@eq 2\" \"id:3,phase:1,pass\"\n",
      "SecAction \"id:1,phase:3,nolog,pass,setvar:tx.a=1\"\nSecRule TX:a \"@eq 1\" \"id:2,phase:5,pass\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecAction "
      "\"id:2,phase:1,nolog,pass,ctl:ruleRemoveTargetById=3;TX:a\"\n"
      "SecRule TX:a \"@eq 1\" \"id:3,phase:1,nolog,pass,setvar:tx.b=1\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule TX:a|!TX:a \"@eq 1\" "
      "\"id:2,phase:1,nolog,pass,setvar:tx.b=1\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule TX:a|TX:a \"@eq 1\" "
      "\"id:2,phase:1,nolog,pass,setvar:tx.b=+1\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule TX:a \"@eq 1\" \"id:2,phase:1,log,pass\"\nSecRule "
      "TX:a \"@eq 1\" \"id:3,phase:1,nolog,deny\"\n",
      "SecRule ARGS \"@rx y\" \"id:1,phase:1,nolog,pass\"\nSecRule MATCHED_VAR \"@streq y\" "
      "\"id:2,phase:1,pass,setvar:tx.a=1\"\n",
      "SecAction \"id:1,phase:1,nolog,pass,skip:1\"\nSecAction \"id:2,phase:1,nolog,pass,setvar:tx.a=1\"\nSecRule ARGS "
      "\"@streq y\" \"id:3,phase:1,pass,skip:1\"\n"
      "SecAction \"id:4,phase:1,nolog,pass,setvar:tx.b=1\"\nSecAction \"id:5,phase:1,nolog,pass,setvar:tx.c=1\"\n",
  };
  for (const char* text : texts) {
    const auto folded = rules_of(text, true);
    const auto plain = rules_of(text, false);
    for (const char* argument : {"n", "y", "yz", "x_a"}) {
      for (const bool answers : {true, false})
        EXPECT_EQ(seen(*folded, argument, answers), seen(*plain, argument, answers)) << text << argument;
    }
  }
}

// Rules put together at random do the same folded and not.
TEST(Fold, FoldedAndPlainAgree) {
  const char* targets[] = {"TX:a", "TX:b", "TX:c", "&TX:a", "&TX:d", "ARGS", "TX:a|TX:b", "TX:/^x_/", "TX:1", "&ARGS"};
  const char* operators[] = {"@eq 1",          "@eq 0",       "@lt 2",      "@ge 1",  "!@eq 1",
                             "@streq %{tx.b}", "@rx ^[01y]$", "@within 1y", "@rx (.)"};
  const char* actions[] = {"setvar:tx.a=1",
                           "setvar:tx.a=+1",
                           "setvar:tx.b=%{tx.a}",
                           "setvar:tx.c=-1",
                           "setvar:!tx.a",
                           "skipAfter:M",
                           "skip:1",
                           "skip:2",
                           "ctl:ruleRemoveById=7",
                           "setvar:tx.x_%{tx.b}=1",
                           "capture",
                           "setvar:tx.d=%{tx.1}",
                           "allow:phase",
                           "allow",
                           "allow:request",
                           "ctl:ruleRemoveTargetById=5;TX:a"};
  std::uint32_t state = 9;
  const auto next = [&state](std::size_t below) {
    return ((state = state * 1664525u + 1013904223u) >> 16) % static_cast<std::uint32_t>(below);
  };
  std::size_t fewer = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int id = 1; id <= 9; ++id) {
      const bool chain = next(6) == 0;
      std::string does =
          "\"id:" + std::to_string(id) + ",phase:" + std::to_string(next(5) + 1) + (next(4) == 0 ? ",log" : ",nolog");
      std::array<const char*, 2> chosen{};
      for (auto& one : chosen) one = actions[next(std::size(actions))];
      does += chosen[0] == chosen[1] ? "" : std::string(",") + chosen[0];
      const bool leaves = std::string_view(chosen[0]).starts_with("allow") && chosen[0] != chosen[1];
      does += leaves && std::string_view(chosen[1]).starts_with("allow") ? "" : std::string(",") + chosen[1];
      if (does.find("allow") == std::string::npos) does += ",pass";
      if (next(3) == 0 && !chain) {
        text += "SecAction " + does + "\"\n";
      } else {
        const auto test = [&] {
          return std::string("SecRule ") + targets[next(std::size(targets))] + " \"" +
                 operators[next(std::size(operators))] + "\" ";
        };
        text += test() + does + (chain ? ",chain\"\n" + test() + "\"setvar:tx.c=+1\"\n" : "\"\n");
      }
      if (next(4) == 0) text += "SecMarker M\n";
    }
    const auto folded = rules_of(text, true);
    const auto plain = rules_of(text, false);
    ASSERT_TRUE(folded && plain);
    if (steps(*folded) < steps(*plain)) ++fewer;
    for (const char* argument : {"1", "y"}) {
      for (const bool answers : {true, false})
        ASSERT_EQ(seen(*folded, argument, answers), seen(*plain, argument, answers)) << text;
    }
  }
  EXPECT_GT(fewer, 1000u);
}

}  // namespace
}  // namespace sallyport::match
