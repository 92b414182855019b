#include <gtest/gtest.h>

#include "config/report.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::address_limit {

const engine::Descriptor& descriptor();

namespace {

bool compiles(const std::string& section) {
  config::Report report;
  const auto parsed = document::parse(section, "test").value();
  return descriptor().compile(&parsed.root(), {}, report).has_value();
}

TEST(AddressLimit, ReadsItsKeys) {
  EXPECT_TRUE(compiles("{}"));
  EXPECT_TRUE(compiles("{ login: off, all: 6000/m }"));
  EXPECT_FALSE(compiles("{ login: 10 }"));
  EXPECT_TRUE(compiles("{ ipv6_prefix: 16 }"));
  EXPECT_FALSE(compiles("{ ipv6_prefix: 15 }"));
  EXPECT_FALSE(compiles("{ ipv6_prefix: 129 }"));
}

TEST(AddressLimit, AsksForNoAnswerWhenItHasNothingToAnnounce) {
  config::Report report;
  const auto parsed = document::parse("{ announce: false }", "test").value();
  const auto quiet = descriptor().compile(&parsed.root(), {}, report);
  ASSERT_TRUE(quiet);
  EXPECT_FALSE(quiet->control->phases().has(Phase::response_head));
  EXPECT_TRUE(descriptor().compile(nullptr, {}, report)->control->phases().has(Phase::response_head));
}

}  // namespace
}  // namespace sallyport::controls::address_limit
