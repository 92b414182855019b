// What a schema adds: queries that fit, and fields by role, whichever way a query takes to them.
#include "controls/graphql/schema_check.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "decode/json.hpp"

namespace sallyport::controls::graphql {
namespace {

class SchemaChecked : public ::testing::Test {
 protected:
  void rules(const FieldRoles& roles) {
    auto made = SchemaCheck::make(schema(), roles);
    ASSERT_TRUE(made) << made.error().text();
    check_ = std::move(*made);
  }
  static std::shared_ptr<const sallyport::graphql::Schema> schema() {
    static const auto it = *sallyport::graphql::Schema::read(R"(
      interface Named { name: String secret: String } interface Other { name: String }
      type User implements Named { name: String secret: String email: String friend: User }
      type Shop implements Named & Other { name: String secret: String }
      union Any = User | Shop
      type Query { me: User named: [Named] other: Other any(first: Int = 1): Any shop: Shop } type Mutation { drop: Boolean })");
    return it;
  }
  // "good", or "rule", with the place, and "403" when it is a matter of who asks.
  std::string of(const std::string& query, std::vector<std::string_view> roles = {},
                 const std::string& variables = "{}", std::string_view operation = {}) {
    arena_.reset();
    const auto document = decode::parse_graphql(query, arena_);
    Ask ask;
    ask.query = query;
    ask.variables = *decode::parse_json(variables, arena_);
    ask.operation = operation;
    std::uint64_t cost = 0;
    const auto misfit = check_->misfit(ask, **document, roles, {{}, 10}, cost, arena_);
    if (!misfit) return "good";
    message_ = misfit->message;
    std::string out(misfit->rule);
    if (misfit->at) out += fmt::format(" {}:{}", misfit->at->line, misfit->at->column);
    return out + (misfit->forbidden ? " 403" : "");
  }
  std::unique_ptr<const SchemaCheck> check_;
  Arena arena_;
  std::string message_;
};

TEST_F(SchemaChecked, RefusesWhatDoesNotFit) {
  rules({});
  EXPECT_EQ(of("{ me { name } }"), "good");
  EXPECT_EQ(of("{\n  me { nam }\n}"), "fields_on_correct_type 2:8");
  EXPECT_EQ(message_, "The query does not fit: the type has no such field (nam)");
  EXPECT_EQ(of("query($n: Int!) { any(first: $n) { __typename } }", {}, R"({"n":"x"})"), "variable_values");
  EXPECT_EQ(message_, "The query does not fit: a value of another type (n)");
  EXPECT_EQ(of("query($n: Int!) { any(first: $n) { __typename } }", {}, R"({"n":3})"), "good");
}

TEST_F(SchemaChecked, KnowsWhichOperationRuns) {
  rules({});
  const std::string two = "query A($n: Int!) { any(first: $n) { __typename } } query B { me { name } }";
  EXPECT_EQ(of(two), "operation_name");
  EXPECT_EQ(of(two, {}, "{}", "C"), "operation_name");
  EXPECT_EQ(of(two, {}, "{}", "B"), "good");
  EXPECT_EQ(of(two, {}, "{}", "A"), "variable_values");
  EXPECT_EQ(of("{ me { name } }", {}, "{}", "A"), "operation_name");
}

TEST_F(SchemaChecked, FieldsAreForRoles) {
  rules({{"User.email", {"admin", "support"}}, {"Mutation.drop", {}}});
  EXPECT_EQ(of("{ me { name } }"), "good");
  EXPECT_EQ(of("{ me { email } }"), "field_access 1:8 403");
  EXPECT_EQ(message_, "This field may not be asked for (email)");
  EXPECT_EQ(of("{ me { email } }", {"user"}), "field_access 1:8 403");
  EXPECT_EQ(of("{ me { email } }", {"user", "support"}), "good");
  EXPECT_EQ(of("{ me { name: email } }"), "field_access 1:8 403");
  EXPECT_EQ(of("mutation { drop }", {"admin"}), "field_access 1:12 403");
}

TEST_F(SchemaChecked, NoWayRoundAFieldRule) {
  rules({{"User.email", {"admin"}}});
  EXPECT_EQ(of("{ me { ...F } } fragment F on User { email }"), "field_access 1:38 403");
  EXPECT_EQ(of("{ named { ... on User { email } } }"), "field_access 1:25 403");
  EXPECT_EQ(of("{ any { ... on User { friend { email } } } }"), "field_access 1:32 403");
  EXPECT_EQ(of("{ me { email @include(if: false) } }"), "field_access 1:8 403");
  EXPECT_EQ(of("query A { me { name } } query B { me { email } }", {}, "{}", "A"), "field_access 1:40 403");
}

TEST_F(SchemaChecked, InterfacesAndTheirTypesShareRules) {
  rules({{"User.secret", {"admin"}}});
  EXPECT_EQ(of("{ named { secret } }"), "field_access 1:11 403");  // may be a user's
  EXPECT_EQ(of("{ shop { secret } }"), "good");
  EXPECT_EQ(of("{ named { secret } }", {"admin"}), "good");
  rules({{"Named.name", {"admin"}}});
  EXPECT_EQ(of("{ me { name } }"), "field_access 1:8 403");
  EXPECT_EQ(of("{ shop { name } }"), "field_access 1:10 403");
  EXPECT_EQ(of("{ other { name } }"), "field_access 1:11 403");  // may be a shop's
  EXPECT_EQ(of("{ me { email } }"), "good");
}

TEST_F(SchemaChecked, AWholeTypeHasOneRule) {
  rules({{"User.*", {"admin"}}, {"User.name", {"clerk"}}});
  EXPECT_EQ(of("{ me { friend { __typename } } }"), "field_access 1:8 403");
  EXPECT_EQ(of("{ me { email } }", {"admin"}), "good");
  EXPECT_EQ(of("{ me { __typename } }"), "good");
  EXPECT_EQ(of("{ me { name } }", {"admin"}), "field_access 1:8 403");  // each rule is asked
  EXPECT_EQ(of("{ me { name } }", {"admin", "clerk"}), "good");
}

TEST_F(SchemaChecked, RulesAreAboutWhatIsThere) {
  for (const char* name :
       {"User", "User.nope", "Nope.name", "Any.name", "User.", ".name", "Int.*", "User.__typename"}) {
    EXPECT_FALSE(SchemaCheck::make(schema(), {{name, {"a"}}})) << name;
  }
}

}  // namespace
}  // namespace sallyport::controls::graphql
