#include "match/sqli.hpp"

#include <gtest/gtest.h>

#include "match/regex.hpp"

namespace sallyport::match {
namespace {

TEST(Sqli, OrdinaryValuesAreDoneWithAtOnce) {
  for (const char* value : {"", "42", "shipped", "json.lines.array_0.count", "json.order.id", "jo.meyer@example.org",
                            "2026-01-11T08:00:00Z", "Desk fan 30 cm", "0d4ce9a1-5e0b-4c1c-9d0a-6a4a4f6b1f20"})
    EXPECT_FALSE(sqli_possible(value)) << value;
  for (const char* value : {"1 union select 2", "1 OR 1=1", "sleep(5)", "O'Brien", "1 && 1", "0x41union", "xp_dirtree"})
    EXPECT_TRUE(sqli_possible(value)) << value;
}

// The quick look never misses what the long one finds, and the pattern has what the quick look has.
TEST(Sqli, TheQuickLookMissesNothing) {
  const char* pieces[] = {"1",        "'",       "\"",     "`",   " ",         " or ",  "or.",   ".or",    "union",
                          "select ",  "--",      "#",      "/*",  "*/",        "/*!",   "/*!5",  "0x4",    "0x4.",
                          "@a.",      "[a].",    "(",      ")",   ",",         ";",     "=",     "sleep",  "sleep(",
                          "waitfor ", "delay ",  "xp_cmd", "a",   "$",         "\xa0",  "\xe9",  "&&",     "||",
                          " and ",    "having ", "1.",     "1e0", "from",      " into", "drop ", "table ", "user",
                          "declare ", "exec ",   "\n",     "_",   " order by "};
  const auto needs = Regex::compile(sqli_needs(), Regex::Case::insensitive);
  ASSERT_TRUE(needs);
  std::uint32_t state = 5;
  const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 16; };
  int found = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string value;
    for (std::uint32_t n = next() % 8 + 1; n > 0; --n) value += pieces[next() % std::size(pieces)];
    const bool possible = sqli_possible(value);
    if (possible) {
      EXPECT_EQ(needs->match("\x1f" + value + "\x1f"), Regex::Outcome::match) << value;
    }
    if (!find_sqli(value)) continue;
    ++found;
    EXPECT_TRUE(possible) << value;
  }
  EXPECT_GT(found, 10'000);
}

}  // namespace
}  // namespace sallyport::match
