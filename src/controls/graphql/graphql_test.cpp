// The measure: against a slow reading that writes all fragments out, and its limits at n and n+1.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include <fmt/format.h>

#include "controls/graphql/measure.hpp"

namespace sallyport::controls::graphql {
namespace {

const std::vector<std::string> arguments{"first"};

class Measured : public ::testing::Test {
 protected:
  // Figures, or the rule of the refusal.
  std::string of(const std::string& text) {
    arena_.reset();
    const auto document = decode::parse_graphql(text, arena_);
    if (!document) return std::string(document.error().rule);
    const auto got = measure(**document, nullptr, {arguments, 7});
    if (!got) return std::string(got.error().rule);
    return fmt::format("{} {} {} {} {}", got->depth, got->nodes, got->aliases, got->directives, got->cost);
  }
  Arena arena_;
};

TEST_F(Measured, CountsWithFragmentsWrittenOut) {
  EXPECT_EQ(of("{ a }"), "1 1 0 0 1");
  EXPECT_EQ(of("query Q @d { x: a @e { b } }"), "2 2 1 2 2");
  EXPECT_EQ(of("{ ...F ...F } fragment F on T @d { y: a { b } }"), "2 4 2 2 4");
  EXPECT_EQ(of("{ ... on T @d { a } }"), "1 1 0 1 1");
  EXPECT_EQ(of("{ a } query B { a b }"), "1 2 0 0 2");
}

TEST_F(Measured, CountsListsByTheirArguments) {
  EXPECT_EQ(of("{ a(first: 10) { b c } }"), "2 3 0 0 21");
  EXPECT_EQ(of("{ a(first: 10) { b(first: 10) { c } } }"), "3 3 0 0 111");
  EXPECT_EQ(of("query($n: Int = 3) { a(first: $n) { b } }"), "2 2 0 0 4");
  EXPECT_EQ(of("query($n: Int) { a(first: $n) { b } }"), "2 2 0 0 8");
  EXPECT_EQ(of("{ a(first: 0) { b } }"), "2 2 0 0 2");
  EXPECT_EQ(of("{ a(first: -1) { b } }"), "2 2 0 0 2");
  EXPECT_EQ(of("{ a(other: 10) { b } }"), "2 2 0 0 2");
  EXPECT_EQ(of("{ a(first: 99999999999999999999) { b(first: 99999999999999999999) { c } } }"),
            "3 3 0 0 18446744073709551615");
}

TEST_F(Measured, RefusesWhatMeansNothing) {
  EXPECT_EQ(of("fragment F on T { a }"), "no_operation");
  EXPECT_EQ(of("{ a } type T { a: Int }"), "type_system");
  EXPECT_EQ(of("{ ...F }"), "unknown_fragment");
  EXPECT_EQ(of("{ a } fragment F on T { a } fragment F on T { b }"), "duplicate_fragment");
  EXPECT_EQ(of("{ ...F } fragment F on T { a { ...F } }"), "fragment_cycle");
}

TEST_F(Measured, HasLimits) {
  std::string fragments = "{ a }";
  for (std::uint32_t i = 0; i < max_fragments; ++i) fragments += fmt::format(" fragment F{} on T {{ a }}", i);
  EXPECT_EQ(of(fragments), "1 1 0 0 1");
  EXPECT_EQ(of(fragments + " fragment G on T { a }"), "fragments");
  std::string operations;
  for (std::uint32_t i = 0; i < max_operations; ++i) operations += fmt::format(" query Q{} {{ a }}", i);
  EXPECT_EQ(of(operations), "1 1 0 0 1");
  EXPECT_EQ(of(operations + " query R { a }"), "operations");
  const auto chain = [](std::uint32_t length) {
    std::string out = "{ ...F1 }";
    for (std::uint32_t i = 1; i < length; ++i) out += fmt::format(" fragment F{} on T {{ ...F{} }}", i, i + 1);
    return out + fmt::format(" fragment F{} on T {{ a }}", length);
  };
  EXPECT_EQ(of(chain(max_fragment_chain)), "1 1 0 0 1");
  EXPECT_EQ(of(chain(max_fragment_chain + 1)), "fragment_chain");
}

// Fragments that double each other ask for 2^30 fields, and are measured at once.
TEST_F(Measured, CostsNoMoreThanItsDocument) {
  std::string text = "{ ...F0 }";
  for (int i = 0; i < 30; ++i) text += fmt::format(" fragment F{} on T {{ ...F{} ...F{} }}", i, i + 1, i + 1);
  text += " fragment F30 on T { a }";
  EXPECT_EQ(of(text), "1 1073741824 0 0 1073741824");
}

// Writes everything out, one field at a time.
struct Slow {
  std::map<std::string, const decode::GraphqlNode*> fragments;
  std::uint64_t depth = 0, nodes = 0, aliases = 0, cost = 0;

  void walk(const decode::GraphqlNode& node, std::uint64_t level, std::uint64_t items) {
    for (const auto& child : node) {
      if (child.is(decode::GraphqlKind::spread)) walk(*fragments.at(std::string(child.name)), level, items);
      if (child.is(decode::GraphqlKind::inline_fragment)) walk(child, level, items);
      if (!child.is(decode::GraphqlKind::field)) continue;
      ++nodes;
      cost += items;
      depth = std::max(depth, level + 1);
      aliases += child.detail.empty() ? 0 : 1;
      std::uint64_t below = items;
      for (const auto& argument : child) {
        if (argument.is(decode::GraphqlKind::argument)) below *= std::stoull(std::string(argument.value()->name));
      }
      walk(child, level + 1, below);
    }
  }
};

TEST_F(Measured, AgreesWithWritingFragmentsOut) {
  std::mt19937 random(7);
  const auto up_to = [&](unsigned most) { return static_cast<unsigned>(random() % (most + 1)); };
  for (int round = 0; round < 300; ++round) {
    const unsigned count = up_to(4);
    std::function<std::string(unsigned, unsigned)> selections = [&](unsigned first, unsigned level) {
      std::string out = "{ ";
      for (unsigned i = 0; i <= up_to(2); ++i) {
        const unsigned what = up_to(5);
        if (what == 0 && first < count) {
          out += fmt::format("...F{} ", first + up_to(count - first - 1));
        } else if (what == 1 && level < 4) {
          out += "... on T " + selections(first, level + 1);
        } else {
          out += fmt::format("{}f{}{} {}", what == 2 ? "x: " : "", i, what == 3 ? "(first: 3)" : "",
                             level < 4 && up_to(1) == 0 ? selections(first, level + 1) : "");
        }
      }
      return out + "a } ";
    };
    std::string text = selections(0, 0);
    for (unsigned i = 0; i < count; ++i) text += fmt::format("fragment F{} on T ", i) + selections(i + 1, 1);
    const std::string got = of(text);
    Slow slow;
    const auto* document = *decode::parse_graphql(text, arena_);
    for (const auto& one : *document) {
      if (one.is(decode::GraphqlKind::fragment)) slow.fragments.emplace(one.name, &one);
    }
    slow.walk(*document->first_child, 0, 1);
    EXPECT_EQ(got, fmt::format("{} {} {} 0 {}", slow.depth, slow.nodes, slow.aliases, slow.cost)) << text;
  }
}

}  // namespace
}  // namespace sallyport::controls::graphql
