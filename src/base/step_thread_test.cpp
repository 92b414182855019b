#include "base/step_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace sallyport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(StepThread, GoesOnUntilItIsStopped) {
  std::promise<void> third;
  std::atomic<int> steps = 0;
  int lasts = 0;
  StepThread thread;
  thread.start(milliseconds(0), [&](bool last) {
    lasts += last ? 1 : 0;
    if (++steps == 3) third.set_value();
    return milliseconds(0);
  });
  third.get_future().wait();
  thread.stop();
  EXPECT_EQ(lasts, 1);
  const int after = steps;
  thread.stop();
  EXPECT_EQ(steps, after);
}

TEST(StepThread, ARestIsCutShortForOneLastStep) {
  int steps = 0;
  bool was_last = false;
  StepThread thread;
  thread.start(hours(1), [&](bool last) {
    ++steps;
    was_last = last;
    return hours(1);
  });
  thread.stop();
  EXPECT_EQ(steps, 1);
  EXPECT_TRUE(was_last);
}

}  // namespace
}  // namespace sallyport
