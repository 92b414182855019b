// Schemas: what is read, what is refused and where, and that both forms say the same.
#include "graphql/schema.hpp"

#include <gtest/gtest.h>

#include <map>

#include "graphql/introspection.hpp"
#include "graphql/soundness.hpp"

namespace sallyport::graphql {
namespace {

std::shared_ptr<const Schema> good(std::string_view text) {
  auto out = Schema::read(text);
  EXPECT_TRUE(out) << out.error().text();
  return out ? *out : nullptr;
}
// "line:column: message".
std::string wrong(std::string_view text, const SchemaLimits& limits = {}) {
  const auto out = Schema::read(text, limits);
  return out ? "good" : out.error().text();
}

TEST(Schema, KnowsTypesFieldsAndArguments) {
  const auto schema = good(R"(
    """Of the shop""" type Query { user(id: ID!, "how" sort: Sort = NAME): User, all: [[User!]!] }
    interface Node { id: ID! } type User implements Node { id: ID! name: String }
    union Any = | User | Shop  type Shop { user: User! }
    enum Sort { NAME AGE }  input New { name: String! age: Int = 3 }
    directive @once(n: Int!) on FIELD  directive @often repeatable on QUERY | SCALAR)");
  const Type& query = *schema->root("query");
  const Field& user = *schema->field(query, "user");
  EXPECT_EQ(schema->of(user.type).name, "User");
  EXPECT_TRUE(schema->argument(user, "id")->is_required());
  EXPECT_FALSE(schema->argument(user, "sort")->is_required());
  EXPECT_EQ(schema->argument(user, "other"), nullptr);
  const TypeRef all = schema->field(query, "all")->type;
  EXPECT_TRUE(all.is_list() && all.inner().is_required() && all.inner().inner().is_list());
  EXPECT_EQ(schema->root("mutation"), nullptr);
  EXPECT_TRUE(schema->has_value(*schema->type("Sort"), "AGE"));
  EXPECT_FALSE(schema->has_value(*schema->type("Sort"), "SIZE"));
  EXPECT_TRUE(schema->input_field(*schema->type("New"), "name")->is_required());
  EXPECT_TRUE(schema->directive("often")->repeatable);
  EXPECT_FALSE(schema->directive("once")->repeatable);
  EXPECT_TRUE(schema->overlap(*schema->type("Node"), *schema->type("Any")));
  EXPECT_FALSE(schema->overlap(*schema->type("Node"), *schema->type("Shop")));
  EXPECT_TRUE(schema->includes(*schema->type("Any"), *schema->type("Shop")));
  EXPECT_FALSE(schema->includes(*schema->type("Node"), *schema->type("Shop")));
}

TEST(Schema, HasIntrospectionWhereItIsAskedFor) {
  const auto schema = good("type Query { a: Query } type T { a: Int } union U = T");
  EXPECT_NE(schema->field(*schema->root("query"), "__schema"), nullptr);
  EXPECT_NE(schema->field(*schema->root("query"), "__type"), nullptr);
  EXPECT_EQ(schema->field(*schema->type("T"), "__schema"), nullptr);
  EXPECT_NE(schema->field(*schema->type("U"), "__typename"), nullptr);
  EXPECT_EQ(schema->field(*schema->type("T"), "__other"), nullptr);
  EXPECT_EQ(schema->type("__Meta"), nullptr);
}

TEST(Schema, RootsAreNamedOrUsual) {
  EXPECT_EQ(good("schema { query: Q } type Q { a: Int } type Mutation { a: Int }")->root("mutation"), nullptr);
  EXPECT_EQ(good("type Query { a: Int } type Mutation { a: Int }")->root("mutation")->name, "Mutation");
  EXPECT_EQ(good("type Query { a: Int } type M { a: Int } extend schema { mutation: M }")->root("mutation")->name, "M");
}

TEST(Schema, ExtensionsAddToEachKind) {
  const auto schema = good(R"(type Query { a: Int } extend type Query { b(x: I): U }
    interface N { c: Int } extend type Query implements N { c: Int } extend interface N { a: Int }
    union U = Query  type V { a: Int } extend union U = V  enum E { A } extend enum E { B }
    input I { a: Int } extend input I { b: Int } scalar S extend scalar S @specifiedBy(url: "x"))");
  EXPECT_NE(schema->field(*schema->root("query"), "b"), nullptr);
  EXPECT_TRUE(schema->includes(*schema->type("N"), *schema->root("query")));
  EXPECT_TRUE(schema->includes(*schema->type("U"), *schema->type("V")));
  EXPECT_TRUE(schema->has_value(*schema->type("E"), "B"));
  EXPECT_NE(schema->input_field(*schema->type("I"), "b"), nullptr);
}

// Each is refused, at its place.
TEST(Schema, RefusesWhatIsNotSound) {
  const std::map<std::string, std::string> cases = {
      {"type Query {", "1:13: expected a name"},
      {"type A { a: Int }", "the schema has no type for queries"},
      {"{ a }", "introspection: expected a name in double quotes"},
      {"type Query { a: Int } query Q { a }", "1:23: a schema only defines types"},
      {"type Query { a: Nope }", "1:17: there is no type `Nope`"},
      {"type Query { a: Int }\ntype Query { a: Int }", "2:1: the type `Query` is defined twice"},
      {"type Query { a: Int a: ID }", "1:21: `a` is defined twice"},
      {"type Query { a: Int a(b: Int): Int }", "1:21: `a` is defined twice"},
      {"type Query { a(b: Int, b: Int): Int }", "1:24: `b` is defined twice"},
      {"type Query { a: Int } enum E { A A }", "1:34: `A` is defined twice"},
      {"type Query { a: Int } input I { a: Int a: Int }", "1:40: `a` is defined twice"},
      {"type Query { a: Int } directive @d on FIELD directive @d on FIELD", "1:45: the directive `d` is defined twice"},
      {"type Query { __a: Int }", "1:14: `__a`: names with __ before them are kept for introspection"},
      {"type Query { a: Int } type __T { a: Int }",
       "1:23: `__T`: names with __ before them are kept for introspection"},
      {"type Query", "1:1: `Query` has no fields"},
      {"type Query { a: Int } input I", "1:23: `I` has no fields"},
      {"type Query { a: Int } enum E", "1:23: an enum without values"},
      {"type Query { a: Int } union U", "1:23: a union of nothing"},
      {"type Query { a: Int } union U = Int", "1:33: `Int` is no object type"},
      {"type Query { a: Int } union U = Query | Query", "1:41: `Query` stands twice"},
      {"type Query { a: I } input I { a: Int }", "1:14: `a` is of a type that is only given"},
      {"type Query { a(b: Query): Int }", "1:16: `b` is of a type that cannot be given"},
      {"type Query { a(b: Int = 1.5): Int }", "1:16: the default of `b`: a value of another type"},
      {"type Query { a(b: [Int!] = [null]): Int }", "1:16: the default of `b`: null where a value is required"},
      {"type Query implements N { a: Int }", "1:23: there is no type `N`"},
      {"type Query implements T { a: Int } type T { a: Int }", "1:23: `T` is no interface"},
      {"type Query implements N { a: Int } interface N { b: Int }", "1:1: `Query` lacks `b` of `N`"},
      {"type Query implements N { a: Int } interface N { a: String }", "1:27: `a` is not of the type that `N` says"},
      {"type Query implements N { a: Int } interface N { a: Int! }", "1:27: `a` is not of the type that `N` says"},
      {"type Query implements N { a: Int } interface N { a(b: Int): Int }", "1:27: `a` lacks the argument `b` of `N`"},
      {"type Query implements N { a(b: Int!): Int } interface N { a: Int }", "1:27: `b` is required, and `N` lacks it"},
      {"type Query implements M { a: Int } interface M implements N { a: Int } interface N { a: Int }",
       "1:1: `Query` must implement `N`, as `M` does"},
      {"type Query { a: Int } interface N implements N { a: Int }", "1:46: an interface implements itself"},
      {"type Query { a: Int } input I { a: J! } input J { a: I! }", "1:23: `I` requires itself"},
      {"type Query { a: Int } input I @oneOf { a: Int! }",
       "1:23: `a`: fields of a @oneOf type can be left out and have no defaults"},
      {"schema { query: Query mutation: Query } type Query { a: Int }", "1:23: two operations have the same root"},
      {"schema { query: N } interface N { a: Int }", "1:10: the root of an operation is an object type"},
      {"schema { query: Query } schema { query: Query } type Query { a: Int }", "1:25: there are two schemas"},
      {"type Query { a: Int } extend type T { b: Int }", "1:30: `T` is extended and not defined"},
      {"type Query { a: Int } extend input Query { b: Int }", "1:30: `Query` is extended as another kind of type"},
      {"type Query { a: [[[[[[[[[Int!]!]!]!]!]!]!]!]] }", "1:17: too many lists in lists"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(wrong(text), message) << text;
}

TEST(Schema, LetsInWhatIsSound) {
  EXPECT_EQ(wrong("type Query implements N { a: Int! b: [Query] } interface N { a: Int b: [N] }"), "good");
  EXPECT_EQ(wrong("type Query { a(b: Int = 1): [Int] \"again\" a(b: Int = 1): [Int] }"), "good");
  EXPECT_EQ(wrong("type Query { a: Int } input I { a: [I!]! b: I }"), "good");
  EXPECT_EQ(wrong("scalar ID type Query @key(fields: \"id\") { a: ID }"), "good");
  EXPECT_EQ(wrong("type Query { a(b: [[Int]] = 3): [[[[[[[[Int!]!]!]!]!]!]!]!] }"), "good");
}

TEST(Schema, HasLimits) {
  const std::string text = "type Query { a: T } type T { a: Int }";
  constexpr std::uint32_t own = 2;
  // What every schema has counts, too.
  std::uint32_t all = 0;
  for (; all < 100 && wrong(text, {.types = all}) != "good";) ++all;
  EXPECT_EQ(all, good("type Query { a: Int }")->types().size() + own - 1);
  EXPECT_EQ(wrong(text, {.types = all - 1}), "1:21: too many types");
  EXPECT_EQ(wrong(text, {.bytes = static_cast<std::uint32_t>(text.size())}), "good");
  EXPECT_EQ(wrong(text, {.bytes = static_cast<std::uint32_t>(text.size() - 1)}), "a schema is too long");
  std::string chain = "type Query { a: Int } ";
  for (std::size_t i = 0; i + 1 < max_required_chain; ++i) {
    chain += "input I" + std::to_string(i) + " { a: I" + std::to_string(i + 1) + "! } ";
  }
  const std::string last = "input I" + std::to_string(max_required_chain - 1);
  EXPECT_EQ(wrong(chain + last + " { a: Int }"), "good");
  EXPECT_TRUE(wrong(chain + last + " { a: J! } input J { a: Int }").ends_with("too many inputs that require the next"));
  EXPECT_EQ(wrong(text, {.nodes = 7}), "good");
  EXPECT_EQ(wrong(text, {.nodes = 6}), "1:33: too many nodes");
}

TEST(Introspection, SaysWhatSdlSays) {
  constexpr std::string_view json = R"({"data":{"__schema":{
    "queryType":{"name":"Q"},"mutationType":null,"types":[
    {"kind":"OBJECT","name":"Q","interfaces":[{"name":"N"}],"fields":[
      {"name":"id","args":[],"type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"ID"}}},
      {"name":"find","args":[{"name":"by","type":{"kind":"INPUT_OBJECT","name":"By"},"defaultValue":"{e: A}"}],
       "type":{"kind":"LIST","ofType":{"kind":"UNION","name":"U"}}}]},
    {"kind":"INTERFACE","name":"N","interfaces":[],"fields":[{"name":"id","args":[],"type":{"kind":"SCALAR","name":"ID"}}]},
    {"kind":"UNION","name":"U","possibleTypes":[{"name":"Q"}]},
    {"kind":"ENUM","name":"E","enumValues":[{"name":"A"},{"name":"B"}]},
    {"kind":"INPUT_OBJECT","name":"By","isOneOf":true,"inputFields":[{"name":"e","type":{"kind":"ENUM","name":"E"},"defaultValue":null}]},
    {"kind":"SCALAR","name":"ID"},{"kind":"OBJECT","name":"__Type","fields":[]}],
    "directives":[{"name":"d","isRepeatable":true,"locations":["FIELD","SOMEWHERE_NEW"],
      "args":[{"name":"n","type":{"kind":"SCALAR","name":"Int"},"defaultValue":"3"}]}]}}})";
  const auto sdl = sdl_of_introspection(json);
  ASSERT_TRUE(sdl) << sdl.error().text();
  const auto schema = good(json);
  EXPECT_EQ(schema->root("query")->name, "Q");
  EXPECT_TRUE(schema->argument(*schema->field(*schema->type("Q"), "find"), "by")->has_default);
  EXPECT_TRUE(schema->type("By")->one_of);
  EXPECT_TRUE(schema->includes(*schema->type("U"), *schema->type("Q")));
  EXPECT_TRUE(schema->directive("d")->repeatable);
}

TEST(Introspection, RefusesWhatCouldBeReadOtherwise) {
  const auto with = [](std::string_view name, std::string_view otherwise) {
    return R"({"__schema":{"queryType":{"name":"Q"},"types":[{"kind":"OBJECT","name":")" + std::string(name) +
           R"(","fields":[{"name":"a","args":[{"name":"b","type":{"kind":"SCALAR","name":"Int"},"defaultValue":")" +
           std::string(otherwise) + R"("}],"type":{"kind":"SCALAR","name":"Int"}}]}]}})";
  };
  EXPECT_EQ(wrong(with("Q", "1")), "good");
  EXPECT_EQ(wrong(with("Q", "1 c: Int")), "Q: introspection: a default that is no value");
  EXPECT_EQ(wrong(with("Q", "1) : Int } type R { a(b: Int")), "Q: introspection: a default that is no value");
  EXPECT_EQ(wrong(with("Q", "1 @d")), "Q: introspection: a default that is no value");
  EXPECT_EQ(wrong(with("Q { a: Int } type R", "1")), "Q { a: Int } type R: introspection: a name is missing or none");
  const auto lists = [](int count) {
    std::string type = R"({"kind":"SCALAR","name":"Int"})";
    for (int i = 0; i < count; ++i) type = R"({"kind":"LIST","ofType":)" + type + "}";
    return R"({"__schema":{"queryType":{"name":"Q"},"types":[{"kind":"OBJECT","name":"Q","fields":[{"name":"a","type":)" +
           type + "}]}]}}";
  };
  EXPECT_EQ(wrong(lists(16)), "good");
  EXPECT_EQ(wrong(lists(17)), "3:6: too many lists in lists");
  EXPECT_EQ(wrong(lists(32)), "Q: introspection: a type is missing, or lists are too deep");
  EXPECT_EQ(wrong(R"({"data":{}})"), "introspection: there is no `__schema`");
  EXPECT_EQ(wrong(R"({"__schema":{"queryType":{"name":"Q"}}})"), "introspection: `types` is not there");
  EXPECT_EQ(wrong(R"({"__schema":{"queryType":{"name":"Q"},"types":[{"kind":"THING","name":"Q"}]}})"),
            "Q: introspection: a type of no kind");
}

}  // namespace
}  // namespace sallyport::graphql
