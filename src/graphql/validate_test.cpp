// The rules of §5, each by name; that all of them hold together is compared with graphql-js in
// tests/conformance/graphql_test.py.
#include "graphql/validate.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <ctime>

#include <fmt/format.h>

namespace sallyport::graphql {
namespace {

constexpr std::string_view text = R"(
  interface Pet { name: String nick(short: Boolean = false): String friends: [Pet!] }
  type Dog implements Pet { name: String nick(short: Boolean = false): String friends: [Pet!] barks: Int size: Int owner: Human same: Int }
  type Cat implements Pet { name: String nick(short: Boolean = false): String friends: [Pet!] meows: Int size: String owner: Human same: Int! }
  type Human { name: String pets: [Pet] }
  union Animal = Dog | Cat
  enum Kind { DOG CAT }
  input Find { kind: Kind! = DOG names: [String!] age: Int! near: Find }
  input One @oneOf { id: ID name: String }
  scalar Any
  directive @tag(n: Int!) repeatable on FIELD
  directive @once on FIELD | QUERY | VARIABLE_DEFINITION
  type Query { pet: Pet dog(id: ID, n: Int! = 1): Dog animal: Animal find(by: Find, ids: [ID!]): [Pet] one(by: One!): Pet any(a: Any): Int need(n: Int!): Int
    f(x: Float, s: String, b: Boolean, k: Kind): Int }
  type Subscription { pet: Pet dog: Dog }
)";

class Validated : public ::testing::Test {
 protected:
  static const Schema& schema() {
    static const auto it = *Schema::read(text);
    return *it;
  }
  // "good", or the rule.
  std::string of(const std::string& query, const ValidationLimits& limits = {}) {
    arena_.reset();
    const auto document = decode::parse_graphql(query, arena_);
    if (!document) return std::string("syntax: ") + std::string(document.error().detail);
    const auto typed = validate(**document, schema(), arena_, limits);
    if (!typed && typed.error().offset > query.size()) return "a place outside";
    return typed ? "good" : std::string(typed.error().rule);
  }
  Arena arena_;
};

TEST_F(Validated, Definitions) {
  EXPECT_EQ(of("{ pet { name } } type T { a: Int }"), "executable_definitions");
  EXPECT_EQ(of("query A { pet { name } } query B { pet { name } }"), "good");
  EXPECT_EQ(of("query A { pet { name } } query A { pet { name } }"), "unique_operation_names");
  EXPECT_EQ(of("{ pet { name } } query A { pet { name } }"), "lone_anonymous_operation");
  EXPECT_EQ(of("{ pet { name } } { pet { name } }"), "lone_anonymous_operation");
  EXPECT_EQ(of("mutation { a }"), "operation_type_existence");
}

TEST_F(Validated, Subscriptions) {
  EXPECT_EQ(of("subscription { pet { name } }"), "good");
  EXPECT_EQ(of("subscription { ...F ...F } fragment F on Subscription { pet { name } }"), "good");
  EXPECT_EQ(of("subscription { pet { name } dog { name } }"), "single_field_subscriptions");
  EXPECT_EQ(of("subscription { pet { name } ... { dog { name } } }"), "single_field_subscriptions");
  EXPECT_EQ(of("subscription { pet { name } ...F } fragment F on Subscription { dog { name } }"),
            "single_field_subscriptions");
  EXPECT_EQ(of("subscription { __typename }"), "single_field_subscriptions");
  EXPECT_EQ(of("subscription { pet @include(if: true) { name } }"), "single_field_subscriptions");
}

TEST_F(Validated, Fields) {
  EXPECT_EQ(of("{ pet { __typename name } }"), "good");
  EXPECT_EQ(of("{ pet { barks } }"), "fields_on_correct_type");
  EXPECT_EQ(of("{ animal { name } }"), "fields_on_correct_type");
  EXPECT_EQ(of("{ animal { __typename ... on Pet { name } } }"), "good");
  EXPECT_EQ(of("{ pet { __schema { description } } }"), "fields_on_correct_type");
  EXPECT_EQ(of("{ __schema { types { name ofType { name } } } __type(name: \"Dog\") { kind } }"), "good");
  EXPECT_EQ(of("{ pet }"), "scalar_leafs");
  EXPECT_EQ(of("{ pet { name { x } } }"), "scalar_leafs");
}

TEST_F(Validated, Arguments) {
  EXPECT_EQ(of("{ dog(id: 1) { name } }"), "good");
  EXPECT_EQ(of("{ dog(nope: 1) { name } }"), "known_argument_names");
  EXPECT_EQ(of("{ dog(id: 1, id: 1) { name } }"), "unique_argument_names");
  EXPECT_EQ(of("{ need }"), "provided_required_arguments");
  EXPECT_EQ(of("{ need(n: null) }"), "values_of_correct_type");
  EXPECT_EQ(of("{ pet { name @tag(m: 1) } }"), "known_argument_names");
  EXPECT_EQ(of("{ pet { name @tag } }"), "provided_required_arguments");
}

TEST_F(Validated, Fragments) {
  EXPECT_EQ(of("{ pet { ...F } } fragment F on Pet { name }"), "good");
  EXPECT_EQ(of("{ pet { ...F } } fragment F on Pet { name } fragment F on Pet { name }"), "unique_fragment_names");
  EXPECT_EQ(of("{ pet { ...F } } fragment F on Nope { name }"), "known_type_names");
  EXPECT_EQ(of("{ pet { ... on Nope { name } } }"), "known_type_names");
  EXPECT_EQ(of("{ pet { ...F } } fragment F on Kind { name }"), "fragments_on_composite_types");
  EXPECT_EQ(of("{ pet { ... on Find { name } } }"), "fragments_on_composite_types");
  EXPECT_EQ(of("{ pet { name } } fragment F on Pet { name }"), "no_unused_fragments");
  EXPECT_EQ(of("{ pet { name } } fragment F on Pet { ...G } fragment G on Pet { ...F }"), "no_fragment_cycles");
  EXPECT_EQ(of("{ pet { ...F } }"), "known_fragment_names");
  EXPECT_EQ(of("{ pet { ...F } } fragment F on Pet { friends { ...F } }"), "no_fragment_cycles");
  EXPECT_EQ(of("{ pet { ... on Dog { barks } ... on Animal { __typename } } }"), "good");
  EXPECT_EQ(of("{ pet { ... on Human { name } } }"), "possible_fragment_spreads");
  EXPECT_EQ(of("{ dog { ... on Cat { name } } }"), "possible_fragment_spreads");
  EXPECT_EQ(of("{ dog { ...F } } fragment F on Cat { name }"), "possible_fragment_spreads");
}

TEST_F(Validated, Values) {
  for (const char* good :
       {"x: 1", "x: 1.5", "x: 1e400", "s: \"a\"", "s: \"\"\"a\"\"\"", "b: true", "k: CAT", "k: null"}) {
    EXPECT_EQ(of(fmt::format("{{ f({}) }}", good)), "good") << good;
  }
  for (const char* bad : {"x: \"1\"", "s: 1", "s: a", "b: 1", "b: \"true\"", "k: \"CAT\"", "k: COW", "k: true",
                          "s: [\"a\"]", "s: {a: 1}", "s: [[]]"}) {
    EXPECT_EQ(of(fmt::format("{{ f({}) }}", bad)), "values_of_correct_type") << bad;
  }
  EXPECT_EQ(of("{ dog(n: 2147483647) { name } }"), "good");
  EXPECT_EQ(of("{ dog(n: 2147483648) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ dog(n: -2147483648, id: 99999999999999999999) { name } }"), "good");
  EXPECT_EQ(of("{ dog(n: -2147483649) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ dog(id: 1.5) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ find(ids: 1) { name } }"), "good");
  EXPECT_EQ(of("{ find(ids: [1, \"a\"]) { name } }"), "good");
  EXPECT_EQ(of("{ find(ids: [1, null]) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ any(a: {a: [1, {b: C}], c: null}) }"), "good");
  EXPECT_EQ(of("{ any(a: {a: 1, a: 1}) }"), "unique_input_field_names");
  EXPECT_EQ(of("{ any(a: [{b: {a: 1, a: 1}}]) }"), "unique_input_field_names");
}

TEST_F(Validated, InputObjects) {
  EXPECT_EQ(of("{ find(by: {age: 1, near: {age: 2, names: \"a\"}}) { name } }"), "good");
  EXPECT_EQ(of("{ find(by: {kind: CAT}) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ find(by: {age: 1, near: {}}) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ find(by: {age: 1, nope: 1}) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ find(by: {age: 1, age: 1}) { name } }"), "unique_input_field_names");
  EXPECT_EQ(of("{ find(by: 1) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ one(by: {id: 1}) { name } }"), "good");
  EXPECT_EQ(of("{ one(by: {id: 1, name: \"a\"}) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ one(by: {}) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("{ one(by: {id: null}) { name } }"), "values_of_correct_type");
  EXPECT_EQ(of("query($i: ID!) { one(by: {id: $i}) { name } }"), "good");
  EXPECT_EQ(of("query($i: ID) { one(by: {id: $i}) { name } }"), "variables_in_allowed_position");
}

TEST_F(Validated, Directives) {
  EXPECT_EQ(of("query @once { pet { name @once @skip(if: true) @tag(n: 1) @tag(n: 1) } }"), "good");
  EXPECT_EQ(of("{ pet { name @nope } }"), "known_directives");
  EXPECT_EQ(of("query @tag(n: 1) { pet { name } }"), "known_directives");
  EXPECT_EQ(of("{ pet { ... @once { name } } }"), "known_directives");
  EXPECT_EQ(of("{ pet { ...F @once } } fragment F on Pet { name }"), "known_directives");
  EXPECT_EQ(of("{ pet { ...F } } fragment F on Pet @once { name }"), "known_directives");
  EXPECT_EQ(of("query($n: Int! @once) { need(n: $n) }"), "good");
  EXPECT_EQ(of("query($n: Int! @tag(n: 1)) { need(n: $n) }"), "known_directives");
  EXPECT_EQ(of("{ pet { name @once @once } }"), "unique_directives_per_location");
}

TEST_F(Validated, Variables) {
  EXPECT_EQ(of("query($n: Int!) { need(n: $n) }"), "good");
  EXPECT_EQ(of("query($n: Int!, $n: Int!) { need(n: $n) }"), "unique_variable_names");
  EXPECT_EQ(of("query($n: Dog) { need(n: $n) }"), "variables_are_input_types");
  EXPECT_EQ(of("query($n: Nope) { need(n: $n) }"), "known_type_names");
  EXPECT_EQ(of("query($n: Int! = 1.5) { need(n: $n) }"), "values_of_correct_type");
  EXPECT_EQ(of("{ need(n: $n) }"), "no_undefined_variables");
  EXPECT_EQ(of("query A($n: Int!) { ...F } query B { ...F } fragment F on Query { need(n: $n) }"),
            "no_undefined_variables");
  EXPECT_EQ(of("query A($n: Int!) { ...F } query B($n: Int!) { ...F } fragment F on Query { need(n: $n) }"), "good");
  EXPECT_EQ(of("query($n: Int!, $m: Int) { need(n: $n) }"), "no_unused_variables");
  EXPECT_EQ(of("query($n: Int) { any(a: {a: [$n]}) }"), "good");
}

TEST_F(Validated, VariablesInTheirPlaces) {
  EXPECT_EQ(of("query($n: Int) { need(n: $n) }"), "variables_in_allowed_position");
  EXPECT_EQ(of("query($n: Int = 1) { need(n: $n) }"), "good");
  EXPECT_EQ(of("query($n: Int = null) { need(n: $n) }"), "variables_in_allowed_position");
  EXPECT_EQ(of("query($n: Int) { dog(n: $n) { name } }"), "good");  // the argument has a default
  EXPECT_EQ(of("query($n: String!) { need(n: $n) }"), "variables_in_allowed_position");
  EXPECT_EQ(of("query($i: ID!) { find(ids: [$i]) { name } }"), "good");
  EXPECT_EQ(of("query($i: ID!) { find(ids: $i) { name } }"), "variables_in_allowed_position");
  EXPECT_EQ(of("query($i: [ID!]!) { find(ids: $i) { name } }"), "good");
  EXPECT_EQ(of("query($i: [ID]) { find(ids: $i) { name } }"), "variables_in_allowed_position");
  EXPECT_EQ(of("query($k: Kind) { find(by: {age: 1, kind: $k}) { name } }"), "good");
  EXPECT_EQ(of("query($a: Int) { find(by: {age: $a}) { name } }"), "variables_in_allowed_position");
  EXPECT_EQ(of("query($b: Boolean) { pet { name @skip(if: $b) } }"), "variables_in_allowed_position");
}

TEST_F(Validated, FieldsThatMeet) {
  const std::string rule = "overlapping_fields_can_be_merged";
  EXPECT_EQ(of("{ pet { name name } }"), "good");
  EXPECT_EQ(of("{ pet { a: name a: nick } }"), rule);
  EXPECT_EQ(of("{ pet { nick nick(short: true) } }"), rule);
  EXPECT_EQ(of("{ f(x: 1, s: \"a\") f(s: \"a\", x: 1) }"), "good");
  EXPECT_EQ(of("{ f(x: 1) f(x: 1.0) }"), rule);
  EXPECT_EQ(of("{ any(a: {b: 1, c: [2]}) any(a: {c: [2], b: 1}) }"), "good");
  EXPECT_EQ(of("{ any(a: {b: 1, c: [2]}) any(a: {c: [2, 3], b: 1}) }"), rule);
  EXPECT_EQ(of("{ pet { ... on Dog { a: barks } ... on Cat { a: same } } }"), rule);  // Int and Int!
  EXPECT_EQ(of("{ pet { ... on Dog { a: barks } ... on Cat { a: meows } } }"), "good");
  EXPECT_EQ(of("{ pet { ... on Dog { size } ... on Cat { size } } }"), rule);
  EXPECT_EQ(of("{ pet { a: name ... on Dog { a: nick } } }"), rule);
  EXPECT_EQ(of("{ pet { ... on Dog { a: name } ... on Cat { a: nick } } }"), "good");
  EXPECT_EQ(of("{ pet { ... on Dog { a: name } ... on Cat { a: nick } ... on Pet { a: name } } }"), rule);
  EXPECT_EQ(of("{ pet { friends { a: name } friends { a: nick } } }"), rule);
  EXPECT_EQ(of("{ pet { ...A ...B } } fragment A on Pet { a: name } fragment B on Pet { a: nick }"), rule);
  EXPECT_EQ(of("{ pet { ... on Dog { o: owner { a: name } } ... on Cat { o: owner { a: pets { name } } } } }"), rule);
  EXPECT_EQ(of("{ pet { ... on Dog { o: friends { a: name } } ... on Cat { o: friends { a: nick } } } }"), "good");
  EXPECT_EQ(of("{ pet { friends { ... on Dog { size } } friends { ... on Cat { size } } } }"), rule);
}

TEST_F(Validated, HasLimits) {
  const auto many = [](std::string_view form, std::uint32_t count) {
    std::string out;
    for (std::uint32_t i = 0; i < count; ++i) out += fmt::format(fmt::runtime(form), i, i + 1);
    return out;
  };
  EXPECT_EQ(of(many("query Q{} {{ pet {{ name }} }}", 3), {.operations = 3}), "good");
  EXPECT_EQ(of(many("query Q{} {{ pet {{ name }} }}", 4), {.operations = 3}), "operations");
  const std::string spread =
      "{ pet { ...F0 } }" + many("fragment F{} on Pet {{ name ...F{} }}", 2) + "fragment F2 on Pet { name }";
  EXPECT_EQ(of(spread, {.fragments = 3}), "good");
  EXPECT_EQ(of(spread, {.fragments = 2}), "fragments");
  EXPECT_EQ(of("{ pet { name } }", {.merge_work = 2}), "good");
  EXPECT_EQ(of("{ pet { name } }", {.merge_work = 1}), "merge_work");
  EXPECT_EQ(of("{ pet { friends { name } } }", {.merge_depth = 2}), "good");
  EXPECT_EQ(of("{ pet { friends { name } } }", {.merge_depth = 1}), "merge_depth");
  EXPECT_EQ(of("query($a: " + std::string(16, '[') + "Int" + std::string(16, ']') + ") { any(a: {a: $a}) }"), "good");
  EXPECT_EQ(of("query($a: " + std::string(17, '[') + "Int" + std::string(17, ']') + ") { any(a: {a: $a}) }"),
            "wrappers");
}

// What is valid is told with its types, in order.
TEST_F(Validated, SaysWhatEachSelectionIs) {
  const auto document =
      decode::parse_graphql("{ pet { ...F } } fragment F on Dog { barks ... on Pet { n: name } }", arena_);
  const auto typed = validate(**document, schema(), arena_);
  ASSERT_TRUE(typed);
  std::string told;
  for (const Selection& one : typed->selections) {
    told += fmt::format("{}.{} {} | ", one.parent->name, one.field == nullptr ? "..." : one.field->name, one.end);
  }
  EXPECT_EQ(told, "Query.pet 2 | Pet.... 2 | Dog.barks 3 | Dog.... 5 | Pet.name 5 | ");
  EXPECT_EQ(typed->definitions[1].begin, 2u);
  EXPECT_EQ(typed->selections[1].definition, 1u);
}

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// 10 ms and 8 MiB in the shipped build; this one is slower and its machine may be busy, so that
// time has slack: what is quadratic takes seconds.
TEST_F(Validated, NothingTakesLongOrMuch) {
  constexpr std::size_t mib = 1u << 20;
  constexpr double slack = 15;
  const auto times = [](std::string_view unit, std::string before, std::string_view after, std::size_t most = mib) {
    while (before.size() + unit.size() + after.size() <= most) before += unit;
    return before.append(after);
  };
  std::string doubled = "{ pet { ...F0 } }";
  for (int i = 0; i < 98; ++i)
    doubled += fmt::format(" fragment F{} on Pet {{ friends {{ ...F{} }} friends {{ ...F{} }} }}", i, i + 1, i + 1);
  doubled += " fragment F98 on Pet { name }";
  std::string apart = "{ pet { ...F0 } }";
  for (int i = 0; i < 98; ++i)
    apart += fmt::format(" fragment F{} on Pet {{ a: friends {{ ...F{} }} b: friends {{ ...F{} }} }}", i, i + 1, i + 1);
  apart += " fragment F98 on Pet { name }";
  std::string crossed = "{ pet { ...F0 } }";  // each level meets itself in two objects and in the interface
  for (int i = 0; i < 30; ++i) {
    crossed += fmt::format(
        " fragment F{} on Pet {{ ... on Dog {{ friends {{ ...F{} }} }} ... on Cat {{ friends {{ ...F{} }} }} friends "
        "{{ ...F{} }} }}",
        i, i + 1, i + 1, i + 1);
  }
  crossed += " fragment F30 on Pet { name }";
  const std::vector<std::string> attacks = {
      times("name ", "{ pet { ", "} }", 45'000),
      times("a: name ", "{ pet { ", "} }", 70'000),
      times("friends { name } ", "{ pet { ", "} }", 80'000),
      times("... on Dog { a: name } ... on Cat { a: name } a: name ", "{ pet { ", "} }", 80'000),
      times("nick(short: true) ", "{ pet { ", "} }", 50'000),
      times("@tag(n: 1) ", "{ pet { name ", "} }", 30'000),
      times("{a: 1} ", "{ any(a: [", "]) }", 20'000),
      times("a", "{ any(a: {", ": 1}) }"),
      times("f(x: 1, s: \"a\", b: true) ", "{ ", " }", 50'000),
      times("1 ", "{ find(ids: [", "]) { name } }", 20'000),
      times("...F ", "{ pet { ", "} } fragment F on Pet { name }", 40'000),
      doubled,
      apart,
      crossed,
      "{ any(a: {" +
          [] {
            std::string out;
            for (int i = 0; i < 4900; ++i) out += fmt::format("a{}: 1 ", i);
            return out;
          }() +
          "}) }",
      "query(" +
          [] {
            std::string out;
            for (int i = 0; i < 3000; ++i) out += fmt::format("$a{}: Int ", i);
            return out;
          }() +
          ") { any }",
  };
  for (const std::string& attack : attacks) {
    arena_.reset();
    const auto heap = [] {
      const auto all = mallinfo2();
      return all.uordblks + all.hblkhd;
    };
    const std::size_t before = heap();
    const double begin = seconds();
    const std::string rule = of(attack);
    EXPECT_LT(seconds() - begin, 0.010 * slack) << attack.substr(0, 60);
    EXPECT_LT(heap() - before, 8 * mib) << attack.substr(0, 60);
    RecordProperty(attack.substr(0, 30), rule + " " + std::to_string((seconds() - begin) * 1000) + " ms");
  }
  EXPECT_EQ(of(doubled), "good");
  EXPECT_EQ(of(apart), "good");
}

}  // namespace
}  // namespace sallyport::graphql
