// What the cases cannot say: which settings are refused, and how much is looked at.
#include <gtest/gtest.h>

#include "config/report.hpp"
#include "controls/data_classes/sampler.hpp"
#include "document/node.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::data_classes {

const engine::Descriptor& descriptor();

namespace {

std::string problems(const std::string& section) {
  config::Report report;
  const auto parsed = document::parse(section, "test").value();
  const auto compiled = descriptor().compile(&parsed.root(), {}, report);
  EXPECT_EQ(compiled.has_value(), report.errors() == 0);
  return report.text();
}

TEST(DataClasses, TakesTypesByTheirNames) {
  EXPECT_EQ(problems("{ ignore: [card, us_ssn, jwt] }"), "");
  EXPECT_NE(problems("{ ignore: [card, creditcard] }").find("`creditcard`"), std::string::npos);
}

std::uint32_t taken(Sampler& sampler, const Config& config, std::uint32_t calls, std::int64_t now_s) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < calls; ++i) sum += sampler.takes(config, now_s) ? 1 : 0;
  return sum;
}

TEST(DataClasses, APartOfTheCallsIsTakenEvenly) {
  Config config;
  config.sample = 7;
  config.a_second = 1000;
  Sampler sampler;
  EXPECT_TRUE(sampler.takes(config, 5)) << "the first call tells most";
  EXPECT_EQ(taken(sampler, config, 100, 5), 7u);
  config.sample = 100;
  EXPECT_EQ(taken(sampler, config, 100, 6), 100u);
}

TEST(DataClasses, ASecondHasItsBudget) {
  Config config;
  config.a_second = 3;
  Sampler sampler;
  EXPECT_EQ(taken(sampler, config, 3, 5), 3u);
  EXPECT_EQ(taken(sampler, config, 1, 5), 0u);
  EXPECT_EQ(taken(sampler, config, 9, 6), 3u);
}

TEST(DataClasses, TakesPartsAndBudgetsWithinTheirRange) {
  EXPECT_EQ(problems("{ a_second: 1 }"), "");
  EXPECT_NE(problems("{ a_second: 0 }"), "");
  EXPECT_EQ(problems("{ a_second: 100000 }"), "");
  EXPECT_NE(problems("{ a_second: 100001 }"), "");
  EXPECT_EQ(problems("{ sample: 1 }"), "");
  EXPECT_EQ(problems("{ sample: 100 }"), "");
  EXPECT_NE(problems("{ sample: 0 }"), "");
  EXPECT_NE(problems("{ sample: 101 }"), "");
}

}  // namespace
}  // namespace sallyport::controls::data_classes
