// The reactor on real sockets: each test is one way in which edge-triggered waiting can hang or crash.
#include "gateway/reactor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "gateway/task.hpp"

namespace sallyport::gateway {
namespace {

using namespace std::chrono_literals;

struct Pair {
  explicit Pair(Reactor& with) : reactor(with) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    near = std::make_unique<Descriptor>(reactor, ends[0]);
    far = ends[1];
  }
  ~Pair() {
    hang_up();
    if (near) near->close();
    reactor.poll(0ms);  // who waits comes to its end
    reactor.poll(0ms);
  }
  void hang_up() {
    if (far >= 0) ::close(std::exchange(far, -1));
  }
  void say(std::string_view text) const {
    EXPECT_EQ(::write(far, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  Reactor& reactor;
  std::unique_ptr<Descriptor> near;
  int far = -1;
};

void start(Task<> task) {
  spawn(std::move(task), [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
}

// Reads until the end as Stream does, `piece` bytes at a time.
Task<> read_all(Descriptor& from, std::size_t piece, std::string& into, bool& ended) {
  std::string buffer(piece, '\0');
  while (true) {
    co_await from.readable();
    if (!from.is_open()) break;
    const ssize_t got = ::read(from.fd(), buffer.data(), piece);
    if (got == 0) break;
    if (got < 0) {
      EXPECT_EQ(errno, EAGAIN);
      from.read_blocked();
      continue;
    }
    if (static_cast<std::size_t>(got) < piece) from.read_short();
    into.append(buffer, 0, static_cast<std::size_t>(got));
  }
  ended = true;
}

TEST(Reactor, ResumesWhoWaitsForBytes) {
  Reactor reactor;
  std::string got;
  bool ended = false;
  Pair pair(reactor);
  start(read_all(*pair.near, 64, got, ended));
  reactor.poll(0ms);
  EXPECT_EQ(got, "");
  pair.say("one");
  reactor.poll(1000ms);
  EXPECT_EQ(got, "one");
  pair.say(" two");
  reactor.poll(1000ms);
  EXPECT_EQ(got, "one two");
  EXPECT_FALSE(ended);
  pair.hang_up();
  reactor.poll(1000ms);
  EXPECT_TRUE(ended);
}

// Bytes and end come in one event: after the short read nothing would be told any more.
TEST(Reactor, SeesTheEndThatCameWithTheLastBytes) {
  Reactor reactor;
  std::string got;
  bool ended = false;
  Pair pair(reactor);
  start(read_all(*pair.near, 64, got, ended));
  reactor.poll(0ms);
  pair.say("last");
  pair.hang_up();
  reactor.poll(1000ms);
  EXPECT_EQ(got, "last");
  EXPECT_TRUE(ended);
}

TEST(Reactor, ReadsOnWhenTheBufferWasFilled) {
  Reactor reactor;
  std::string got;
  bool ended = false;
  Pair pair(reactor);
  start(read_all(*pair.near, 4, got, ended));
  reactor.poll(0ms);
  pair.say(std::string(4000, 'x'));
  // 1,000 reads in turns; the last one finds nothing.
  for (int i = 0; i < 100; ++i) reactor.poll(0ms);
  EXPECT_EQ(got.size(), 4000u);
  EXPECT_FALSE(ended);
}

TEST(Reactor, ABusyCoroutineLeavesTurnsToOthers) {
  Reactor reactor;
  std::string much, little;
  bool ended = false;
  Pair busy(reactor), other(reactor);
  start(read_all(*busy.near, 1, much, ended));
  start(read_all(*other.near, 64, little, ended));
  reactor.poll(0ms);
  busy.say(std::string(10'000, 'x'));
  reactor.poll(1000ms);
  EXPECT_LE(much.size(), 3 * Reactor::turn);
  other.say("me too");
  reactor.poll(0ms);
  EXPECT_EQ(little, "me too");
  EXPECT_LT(much.size(), 10'000u);
}

TEST(Reactor, ResumesAWriterWhenThereIsRoom) {
  Reactor reactor;
  Pair pair(reactor);
  const std::string block(65536, 'x');
  std::size_t sent = 0;
  bool done = false;
  start([](Descriptor& to, const std::string& text, std::size_t& count, bool& end) -> Task<> {
    while (count < 4'000'000) {
      co_await to.writable();
      const ssize_t written = ::write(to.fd(), text.data(), text.size());
      if (written > 0) {
        count += static_cast<std::size_t>(written);
      } else {
        to.write_blocked();
      }
    }
    end = true;
  }(*pair.near, block, sent, done));
  std::string sink(1 << 20, '\0');
  std::size_t received = 0;
  for (int i = 0; i < 10'000 && !done; ++i) {
    const ssize_t got = ::read(pair.far, sink.data(), sink.size());
    if (got > 0) received += static_cast<std::size_t>(got);
    reactor.poll(1ms);
  }
  EXPECT_TRUE(done);
  EXPECT_GT(received, 0u);
}

TEST(Reactor, ClosingResumesWhoWaits) {
  Reactor reactor;
  std::string got;
  bool ended = false;
  Pair pair(reactor);
  start(read_all(*pair.near, 64, got, ended));
  reactor.poll(0ms);
  pair.near->close();
  EXPECT_FALSE(ended);  // not from within close(): its caller may be the one to be resumed
  reactor.poll(1000ms);
  EXPECT_TRUE(ended);
}

// Both are in one batch of events; the first to be resumed destroys the other.
TEST(Reactor, AnEventOfADestroyedDescriptorIsForgotten) {
  Reactor reactor;
  Pair one(reactor), two(reactor);
  const auto destroyer = [](Pair& mine, Pair& its) -> Task<> {
    mine.near->read_blocked();
    co_await mine.near->readable();
    if (mine.near) its.near.reset();
  };
  start(destroyer(one, two));
  reactor.poll(0ms);
  one.say("x");
  two.say("x");
  reactor.poll(1000ms);
  EXPECT_EQ(two.near, nullptr);
  EXPECT_NE(one.near, nullptr);
}

TEST(Reactor, WhatCannotBeWatchedIsClosed) {
  Reactor reactor;
  char name[] = "/tmp/sallyport-reactor-XXXXXX";
  const int file = ::mkstemp(name);
  ::unlink(name);
  Descriptor descriptor(reactor, file);  // epoll refuses files
  EXPECT_FALSE(descriptor.is_open());
  EXPECT_LT(::fcntl(file, F_GETFD), 0);
}

}  // namespace
}  // namespace sallyport::gateway
