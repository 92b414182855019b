#include "gateway/wheel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace sallyport::gateway {
namespace {

using namespace std::chrono_literals;

struct Alarm final : Timed {
  int fired = 0;
  void expired() override { ++fired; }
};

TEST(Wheel, FiresNotBeforeItsTimeAndAtMostTwoTicksLate) {
  for (const auto after : {50ms, 75ms, 1000ms, 75'000ms, 300'000ms}) {
    Wheel wheel;
    Alarm alarm;
    wheel.arm(alarm, after);
    wheel.advance(after - 1ms);
    EXPECT_EQ(alarm.fired, 0) << after.count();
    wheel.advance(after + 2 * Wheel::tick);
    EXPECT_EQ(alarm.fired, 1) << after.count();
    wheel.advance(after * 3);
    EXPECT_EQ(alarm.fired, 1) << after.count();
  }
}

TEST(Wheel, MovingADeadlineLaterAndEarlier) {
  Wheel wheel;
  Alarm alarm;
  wheel.arm(alarm, 1s);
  wheel.arm(alarm, 5s);
  wheel.advance(4s);
  EXPECT_EQ(alarm.fired, 0);
  wheel.arm(alarm, 100ms);
  wheel.advance(4250ms);
  EXPECT_EQ(alarm.fired, 1);
}

TEST(Wheel, DisarmedAndDestroyedOnesNeverFire) {
  Wheel wheel;
  Alarm alarm;
  wheel.arm(alarm, 100ms);
  wheel.disarm(alarm);
  {
    Alarm gone;
    wheel.arm(gone, 100ms);
  }
  wheel.advance(1s);
  EXPECT_EQ(alarm.fired, 0);
}

struct Killer final : Timed {
  std::vector<std::unique_ptr<Alarm>>* others = nullptr;
  void expired() override { others->clear(); }
};

TEST(Wheel, ExpiryMayDestroyOthersThatAreDueToo) {
  Wheel wheel;
  std::vector<std::unique_ptr<Alarm>> others;
  Killer killer;
  killer.others = &others;
  wheel.arm(killer, 100ms);
  for (int i = 0; i < 3; ++i) wheel.arm(*others.emplace_back(std::make_unique<Alarm>()), 100ms);
  wheel.advance(1s);
  EXPECT_TRUE(others.empty());
}

}  // namespace
}  // namespace sallyport::gateway
