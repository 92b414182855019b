#include "identity/refresh_times.hpp"

#include <gtest/gtest.h>

namespace sallyport::identity {
namespace {

using std::chrono::seconds;
constexpr RefreshTimes::Time t0{seconds(1000)};

TEST(RefreshTimes, TheFirstFetchIsDueAtOnceAndTheNextAfterTheInterval) {
  RefreshTimes times(seconds(300), seconds(30));
  EXPECT_TRUE(times.due(t0));
  times.fetched(t0, true);
  EXPECT_FALSE(times.due(t0 + seconds(299)));
  EXPECT_TRUE(times.due(t0 + seconds(300)));
}

TEST(RefreshTimes, AFailureIsTriedAgainAfterTheRest) {
  RefreshTimes times(seconds(300), seconds(30));
  times.fetched(t0, false);
  EXPECT_FALSE(times.due(t0 + seconds(29)));
  EXPECT_TRUE(times.due(t0 + seconds(30)));
}

TEST(RefreshTimes, OneQuestionAfterTheFirstFetchIsAnsweredAtOnce) {
  RefreshTimes times(seconds(300), seconds(30));
  times.fetched(t0, true);
  EXPECT_TRUE(times.ask(t0 + seconds(1)));
  EXPECT_TRUE(times.due(t0 + seconds(1)));
}

TEST(RefreshTimes, QuestionsMakeOneFetchInTheRestAndNotMore) {
  RefreshTimes times(seconds(300), seconds(30));
  times.fetched(t0, true);
  int fetches = 0;
  for (int i = 1; i <= 60'000; ++i) {  // a minute of unknown keys, one each millisecond
    const auto now = t0 + std::chrono::milliseconds(i);
    (void)times.ask(now);
    if (!times.due(now)) continue;
    ++fetches;
    times.fetched(now, false);
  }
  EXPECT_EQ(fetches, 2);  // at once, and thirty seconds later
}

}  // namespace
}  // namespace sallyport::identity
