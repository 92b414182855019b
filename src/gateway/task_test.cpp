#include "gateway/task.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace sallyport::gateway {
namespace {

Task<std::string> word(std::string text) { co_return text; }

Task<std::string> sentence() {
  std::string first = co_await word("two");
  co_return first + co_await word(" words");
}

Task<> fail() {
  throw std::runtime_error("no memory");
  co_return;
}

TEST(Task, GivesItsValueToWhoAwaitsIt) {
  std::string got;
  bool ended = false;
  spawn([](std::string& out) -> Task<> { out = co_await sentence(); }(got),
        [&ended](const std::exception_ptr& error) { ended = !error; });
  EXPECT_EQ(got, "two words");
  EXPECT_TRUE(ended);
}

TEST(Task, AnExceptionEndsTheOneThatIsNotCaught) {
  int caught = 0;
  std::string told;
  spawn(
      [](int& count) -> Task<> {
        try {
          co_await fail();
        } catch (const std::runtime_error&) {
          ++count;
        }
        co_await fail();
        ++count;
      }(caught),
      [&told](const std::exception_ptr& error) {
        try {
          std::rethrow_exception(error);
        } catch (const std::runtime_error& what) {
          told = what.what();
        }
      });
  EXPECT_EQ(caught, 1);
  EXPECT_EQ(told, "no memory");
}

TEST(Task, OneThatIsNeverAwaitedDoesNotRun) {
  bool ran = false;
  {
    auto task = [](bool& flag) -> Task<> {
      flag = true;
      co_return;
    }(ran);
  }
  EXPECT_FALSE(ran);
}

// Each resumption is a jump, not a call: a loop over ready tasks needs no stack.
TEST(Task, ALongLoopDoesNotGrowTheStack) {
  std::size_t sum = 0;
  spawn(
      [](std::size_t& out) -> Task<> {
        for (int i = 0; i < 1'000'000; ++i) out += (co_await word("x")).size();
      }(sum),
      [](const std::exception_ptr&) {});
  EXPECT_EQ(sum, 1'000'000u);
}

TEST(Signal, ResumesTheOneThatWaits) {
  Signal signal;
  int step = 0;
  signal.raise();  // nobody waits: nothing happens, and it is not kept
  spawn(
      [](Signal& on, int& at) -> Task<> {
        at = 1;
        co_await on;
        at = 2;
      }(signal, step),
      [](const std::exception_ptr&) {});
  EXPECT_EQ(step, 1);
  signal.raise();
  EXPECT_EQ(step, 2);
}

#ifndef SALLYPORT_FRAMES_UNPOOLED
TEST(FramePool, GivesBackWhatWasFreed) {
  FramePool::clear();
  void* const first = FramePool::take(100);
  void* const second = FramePool::take(100);
  FramePool::give(first, 100);
  EXPECT_EQ(FramePool::take(65), first);  // the same size class
  FramePool::give(first, 65);
  void* const other = FramePool::take(200);
  EXPECT_NE(other, first);
  FramePool::give(second, 100);
  FramePool::give(other, 200);
  void* const large = FramePool::take(FramePool::largest + 1);
  FramePool::give(large, FramePool::largest + 1);
  FramePool::clear();
}
#endif

}  // namespace
}  // namespace sallyport::gateway
