#include "engine/lookups.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "engine/services.hpp"

namespace sallyport::engine {
namespace {

struct Echo final : Answerer {
  void ask(std::string_view key, Reply reply) override { reply(true, std::string(key)); }
};

TEST(Lookups, AnAnswererIsFoundByItsNumber) {
  Lookups lookups;
  EXPECT_EQ(lookups.find(0), nullptr);
  EXPECT_EQ(lookups.find(Lookups::first_number), nullptr);
  const std::uint32_t number = lookups.add(std::make_shared<Echo>());
  std::string said;
  lookups.find(number)->ask("key", [&](bool, std::string value) { said = std::move(value); });
  EXPECT_EQ(said, "key");
  EXPECT_EQ(lookups.find(number + 1), nullptr);
  EXPECT_EQ(lookups.find(1), nullptr) << "the numbers of provider.hpp are others'";
  EXPECT_EQ(lookups.find(Lookups::first_number + Lookups::max_answerers), nullptr);
}

TEST(Lookups, HasRoomForSoManyAndNotOneMore) {
  Lookups lookups;
  for (std::size_t i = 0; i < Lookups::max_answerers; ++i) (void)lookups.add(std::make_shared<Echo>());
  EXPECT_NE(lookups.find(Lookups::first_number + Lookups::max_answerers - 1), nullptr);
  EXPECT_THROW(lookups.add(std::make_shared<Echo>()), std::length_error);
}

struct Count {
  explicit Count(Services&) {}
  int value = 0;
};
struct Other {
  explicit Other(Services&) {}
  int value = 7;
};

TEST(Services, APartIsOneObjectOfItsType) {
  Services services;
  services.part<Count>().value = 3;
  EXPECT_EQ(services.part<Count>().value, 3);
  EXPECT_EQ(services.part<Other>().value, 7);
  Services another;
  EXPECT_EQ(another.part<Count>().value, 0);
}

}  // namespace
}  // namespace sallyport::engine
