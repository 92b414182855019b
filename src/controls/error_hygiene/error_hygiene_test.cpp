// What the cases cannot say: how much of an answer may be asked for.
#include <gtest/gtest.h>

#include "config/report.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::error_hygiene {

const engine::Descriptor& descriptor();

namespace {

bool compiles(const std::string& section) {
  config::Report report;
  const auto parsed = document::parse(section, "test").value();
  return descriptor().compile(&parsed.root(), {}, report).has_value();
}

TEST(ErrorHygiene, LooksAtABoundedBody) {
  EXPECT_TRUE(compiles("{ max_body: 64KiB }"));
  EXPECT_FALSE(compiles("{ max_body: 65KiB }"));
  EXPECT_TRUE(compiles("{ max_body: 1KiB }"));
  EXPECT_FALSE(compiles("{ max_body: 1023 }"));
}

}  // namespace
}  // namespace sallyport::controls::error_hygiene
