// A coroutine that waits for another thread's answer, and for no longer than it must.
#include "gateway/look_up.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::gateway {
namespace {

using namespace std::chrono_literals;

// Keeps what it is asked for until somebody replies.
struct Oracle final : engine::Answerer {
  void ask(std::string_view key, Reply given) override {
    asked = key;
    reply = std::move(given);
    if (at_once) reply(true, "at once");
  }
  std::string asked;
  Reply reply;
  bool at_once = false;
};

class LookUpTest : public ::testing::Test {
 protected:
  LookUpTest() {
    spawn(box_->deliver(reactor_), [](const std::exception_ptr&) {});
  }
  ~LookUpTest() override {
    box_->close();
    reactor_.poll(0ms);
  }

  Task<> look_up(engine::Answerer* answerer) {
    const LookUp::Found found = co_await LookUp(reactor_, wheel_, box_, answerer, "key");
    said_ = found.found ? "found " + found.value : "nothing";
  }
  void begin(engine::Answerer* answerer) {
    spawn(look_up(answerer), [](const std::exception_ptr&) {});
  }

  Reactor reactor_;
  Wheel wheel_;
  std::shared_ptr<Mailbox> box_ = std::make_shared<Mailbox>();
  Oracle oracle_;
  std::string said_ = "waits";
};

TEST_F(LookUpTest, IsResumedByAnAnswerFromAnotherThread) {
  begin(&oracle_);
  EXPECT_EQ(oracle_.asked, "key");
  EXPECT_EQ(said_, "waits");
  std::thread([&] { oracle_.reply(true, "it"); }).join();
  reactor_.poll(10s);
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "found it");
}

TEST_F(LookUpTest, TakesAnAnswerThatIsThereAtOnce) {
  oracle_.at_once = true;
  begin(&oracle_);
  reactor_.poll(10s);
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "found at once");
}

TEST_F(LookUpTest, WithoutAnAnswererNothingIsFound) {
  begin(nullptr);
  EXPECT_EQ(said_, "nothing");
}

TEST_F(LookUpTest, IsGivenUpAtTheDeadlineAndALateAnswerIsNobodys) {
  begin(&oracle_);
  wheel_.advance(LookUp::patience - Wheel::tick);
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "waits");
  wheel_.advance(LookUp::patience + Wheel::tick);
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "nothing");
  oracle_.reply(true, "late");
  reactor_.poll(0ms);
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "nothing");
}

TEST_F(LookUpTest, AnAnswerToAWorkerThatEndedIsDropped) {
  begin(&oracle_);
  box_->close();
  oracle_.reply(true, "it");
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "waits");
  wheel_.advance(LookUp::patience + Wheel::tick);
  reactor_.poll(0ms);
  EXPECT_EQ(said_, "nothing");
}

}  // namespace
}  // namespace sallyport::gateway
