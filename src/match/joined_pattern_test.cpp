#include "match/joined_pattern.hpp"

#include <gtest/gtest.h>

#include "match/regex.hpp"

namespace sallyport::match {
namespace {

TEST(JoinedPattern, AnchorsBecomeTheJointWhereNothingElseStandsThere) {
  const struct {
    const char* pattern;
    const char* joined;
  } cases[] = {
      {"^abc", "\\x1fabc"},
      {"abc$", "abc\\x1f"},
      {"^$", "\\x1f\\x1f"},
      {"a|^b|c$", "a|\\x1fb|c\\x1f"},
      {"(?:^|/)x(?:/|$)", "(?:\\x1f|/)x(?:/|\\x1f)"},
      {"(?i)^a", "(?i)\\x1fa"},
      {"(?i:^a)b", "(?i:\\x1fa)b"},
      {"[^a$]\\^\\$", "[^a$]\\^\\$"},
      {"[]^]a", "[]^]a"},
      {"[[:alpha:]^]$", "[[:alpha:]^]\\x1f"},
      // What stands beside an anchor may be empty or look around itself.
      {"\\b^a", "\\b(?:)a"},
      {"x*(?:^|y)a", "x*(?:(?:)|y)a"},
      {"(?:a|$)b*", "(?:a|(?:))b*"},
      {"(?:a|$)?", "(?:a|(?:))?"},
      {"(?:^|x){2}a", "(?:(?:)|x){2}a"},
      // What keeps what it took would keep the joint.
      {"a++$", "a+\\x1f"},
      {"a*+b?+c{1,2}+d", "a*b?c{1,2}d"},
      {"a{+b+?c{2}?", "a{+b+?c{2}?"},
      {"(?>a|b)$", "(?:a|b)\\x1f"},
  };
  for (const auto& one : cases) EXPECT_EQ(joined_pattern(one.pattern), one.joined) << one.pattern;
}

TEST(JoinedPattern, LeavesOutWhatCannotBeCarriedOver) {
  for (const char* pattern : {"\\Aa", "a\\z", "a\\Z", "\\Ga", "a\\Kb", "\\Qa^\\E", "(?m)^a", "(?x) ^a", "(?=^a)b",
                              "(?<!^)a", "(*ANYCRLF)a", "a(?#^)b", "a(", "\\"})
    EXPECT_EQ(joined_pattern(pattern), std::nullopt) << pattern;
}

// Whatever a pattern finds in one of the values, its joined form finds between the others.
TEST(JoinedPattern, FindsInTheJoinedTextWhatIsInAValue) {
  const char* pieces[] = {"^", "$", "a", "b",   "(?:",  ")", "|",       "\\b",
                          "*", "+", "?", "{2}", "[^a]", ".", "(?:^|b)", "(?:a|$)"};
  const std::string values[] = {"", "a", "b", "ab", "ba", "aab", "b a", "\n", "a\n"};
  std::uint32_t state = 3;
  const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 16; };
  int compared = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string pattern;
    for (std::uint32_t n = next() % 7 + 1; n > 0; --n) pattern += pieces[next() % std::size(pieces)];
    const auto exact = Regex::compile(pattern);
    const auto joined = joined_pattern(pattern);
    if (!exact || !joined) continue;
    const auto loose = Regex::compile(*joined);
    ASSERT_TRUE(loose) << pattern << " " << *joined;
    for (const std::string& value : values) {
      if (exact->match(value) != Regex::Outcome::match) continue;
      for (const std::string& other : values) {
        const std::string text = joint + other + joint + value + joint + other + joint;
        EXPECT_EQ(loose->match(text), Regex::Outcome::match) << pattern << " " << *joined << " '" << value << "'";
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 20'000);
}

TEST(SplitPattern, SharesOutTheBranchesOfTheLongestGroup) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(split_pattern("a(?:b|c)d", 9), Parts{"a(?:b|c)d"});
  EXPECT_EQ(split_pattern("a(?:bbbb|cccc|dddd)e", 16), (Parts{"a(?:bbbb|cccc)e", "a(?:dddd)e"}));
  EXPECT_EQ(split_pattern("a(?:b(?:xxxx|yyyy)|c)e", 14), (Parts{"a(?:b(?:xxxx))e", "a(?:b(?:yyyy))e", "a(?:c)e"}));
  // Repeated groups and captures mean something as a whole.
  EXPECT_EQ(split_pattern("(?:bbbb|cccc)+", 8), Parts{"(?:bbbb|cccc)+"});
  EXPECT_EQ(split_pattern("(?:(?:bbbb|cccc)x)*", 8), Parts{"(?:(?:bbbb|cccc)x)*"});
  EXPECT_EQ(split_pattern("(bbbb|cccc)\\1", 8), Parts{"(bbbb|cccc)\\1"});
  EXPECT_EQ(split_pattern("aaaa|bbbb", 4), Parts{"aaaa|bbbb"});
}

TEST(LeadingGroup, IsNeededByWhateverMatches) {
  EXPECT_EQ(leading_group("(?:;|&)\\s*id"), "(?:;|&)");
  EXPECT_EQ(leading_group("(?:;|&)+id"), "(?:;|&)");
  for (const char* pattern :
       {"a(?:b)", "(?:a)|b", "(?:a)?b", "(?:a)*b", "(?:a){0,2}b", "(?:\\x1f|a)b", "(?:(?:)|a)b", "(a)b"})
    EXPECT_EQ(leading_group(pattern), std::nullopt) << pattern;
}

}  // namespace
}  // namespace sallyport::match
