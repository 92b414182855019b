// Names that an API does not have are errors: a rule about nothing would guard nothing.
#include "controls/authorize/which_calls.hpp"

#include <gtest/gtest.h>

#include "engine/descriptor.hpp"

namespace sallyport::controls::authorize {

const engine::Descriptor& descriptor();

namespace {

Api api() {
  Api made;
  made.name = "shop";
  Operation operation;
  operation.operation_id = "list";
  operation.tags = {"orders"};
  made.operations.push_back(operation);
  return made;
}

std::string problems(const std::string& section) {
  config::Report report;
  const auto parsed = document::parse(section, "test").value();
  const Api shop = api();
  (void)descriptor().compile(&parsed.root(), {&shop, nullptr}, report);
  return report.text();
}

TEST(WhichCalls, NamesAreThoseOfTheSpecification) {
  EXPECT_EQ(problems("{ rules: [{ operations: list, tags: orders, roles: a }] }"), "");
  EXPECT_NE(problems("{ rules: [{ operations: lisst }] }").find("no operation `lisst`"), std::string::npos);
  EXPECT_NE(problems("{ rules: [{ tags: order }] }").find("no tag `order`"), std::string::npos);
  EXPECT_NE(problems("{ rules: [{ paths: a/** }] }").find("a/**"), std::string::npos);
  EXPECT_NE(problems("{ rules: [{ roles: a }] }").find("names no calls"), std::string::npos);
  EXPECT_NE(problems("{ rules: [{ operations: list, anyone: true, roles: a }] }").find("contradicts"),
            std::string::npos);
}

TEST(WhichCalls, EverythingNamedMustMatch) {
  config::Report report;
  const auto parsed = document::parse("{}", "test").value();
  const Api shop = api();
  const WhichCalls calls({{"list"}, {"orders"}, {"GET"}, {"/a/**"}}, &shop, parsed.root(), report);
  Request request;
  const auto match = [&](std::string_view method, std::string_view path, const Operation* operation) {
    request.method_token = method;
    request.path = path;
    return calls.match(request, operation);
  };
  const Operation& list = shop.operations.front();
  EXPECT_EQ(match("GET", "/a/b", &list), WhichCalls::Match::exact);
  EXPECT_EQ(match("GET", "/A/b", &list), WhichCalls::Match::loosely);
  EXPECT_EQ(match("GET", "/b", &list), WhichCalls::Match::none);
  EXPECT_EQ(match("PUT", "/a/b", &list), WhichCalls::Match::none);
  EXPECT_EQ(match("GET", "/a/b", nullptr), WhichCalls::Match::none);
  Operation other = list;
  other.tags = {"x"};
  EXPECT_EQ(match("GET", "/a/b", &other), WhichCalls::Match::none);
  other = list;
  other.operation_id = "x";
  EXPECT_EQ(match("GET", "/a/b", &other), WhichCalls::Match::none);
}

}  // namespace
}  // namespace sallyport::controls::authorize
