#include "events/ring.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "events/scratch_test.hpp"

namespace sallyport::events {
namespace {

constexpr std::size_t small = 131072;

struct Rig {
  Scratch scratch;
  std::string said;
  Ring::Place place;
  Rig() {
    place.path = scratch.file("ring-0.bin");
    place.capacity = small;
    place.first_seq = 100;
  }
  std::unique_ptr<Ring> open() {
    auto ring = Ring::open(place, [this](std::string_view line) { said += line; });
    EXPECT_TRUE(ring.has_value()) << ring.error().text();
    return ring ? std::move(*ring) : nullptr;
  }
  void poke(std::size_t at, char value) const {
    std::fstream file(place.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(value);
  }
};

std::vector<std::string> drain(Ring& ring) {
  std::vector<std::string> out;
  std::uint64_t position = ring.read_position();
  while (const auto slot = ring.at(position)) {
    out.emplace_back(slot->payload);
    position = slot->next;
  }
  ring.release(position);
  return out;
}

TEST(Ring, GivesBackWhatWasPushedInOrder) {
  Rig rig;
  const auto ring = rig.open();
  EXPECT_TRUE(ring->push("one"));
  EXPECT_TRUE(ring->push(""));
  EXPECT_TRUE(ring->push("three"));
  const auto slot = ring->at(ring->read_position());
  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->seq, 100u);
  EXPECT_EQ(drain(*ring), (std::vector<std::string>{"one", "", "three"}));
  EXPECT_FALSE(ring->damaged());
}

TEST(Ring, TakesNBytesAndNotOneMore) {
  Rig rig;
  const auto ring = rig.open();
  const std::string half(small / 2 - Ring::frame_bytes, 'h');
  EXPECT_TRUE(ring->push(half));
  EXPECT_FALSE(ring->push(half + "x"));  // one byte too many
  EXPECT_TRUE(ring->push(half));         // exactly full
  EXPECT_FALSE(ring->push(""));
  EXPECT_EQ(ring->dropped(), 2u);
  EXPECT_EQ(drain(*ring).size(), 2u);
  EXPECT_TRUE(ring->push("again"));
  EXPECT_EQ(ring->at(ring->read_position())->seq, 104u);  // 101 and 103 were dropped
}

TEST(Ring, RefusesARecordLongerThanAny) {
  Rig rig;
  const auto ring = rig.open();
  EXPECT_FALSE(ring->push(std::string(max_record + 1, 'x')));
  EXPECT_TRUE(ring->push(std::string(max_record, 'x')));
}

TEST(Ring, RecordsPassTheEndOfTheFile) {
  Rig rig;
  const auto ring = rig.open();
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    const std::string text(random() % 3000, static_cast<char>('a' + i % 26));
    ASSERT_TRUE(ring->push(text));
    ASSERT_EQ(drain(*ring), std::vector<std::string>{text});
  }
}

TEST(Ring, OneThreadPushesAndAnotherReads) {
  Rig rig;
  const auto ring = rig.open();
  constexpr int count = 50'000;
  std::thread producer([&] {
    for (int i = 0; i < count; ++i) {
      while (!ring->push(std::to_string(i))) std::this_thread::yield();
    }
  });
  int next = 0;
  std::uint64_t position = ring->read_position();
  while (next < count) {
    const auto slot = ring->at(position);
    if (!slot) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(slot->payload, std::to_string(next++));
    ring->release(position = slot->next);
  }
  producer.join();
}

TEST(Ring, WakesTheReaderOnceItIsHalfFull) {
  Rig rig;
  rig.place.wake_fd = ::eventfd(0, EFD_NONBLOCK);
  const auto ring = rig.open();
  std::uint64_t count = 0;
  while (ring->write_position() <= small / 2) {
    EXPECT_LT(::read(rig.place.wake_fd, &count, sizeof count), 0);
    ring->push(std::string(1000, 'x'));
  }
  ring->push("more");
  EXPECT_EQ(::read(rig.place.wake_fd, &count, sizeof count), 8);
  EXPECT_EQ(count, 1u);
  ::close(rig.place.wake_fd);
}

TEST(Ring, KeepsItsRecordsWhenOpenedAgain) {
  Rig rig;
  rig.open()->push("kept");
  rig.place.capacity = 4 * small;  // takes effect when the ring is empty
  {
    const auto ring = rig.open();
    EXPECT_EQ(ring->capacity(), small);
    EXPECT_TRUE(ring->push("next"));
    const auto first = ring->at(ring->read_position());
    EXPECT_EQ(first->seq, 100u);
    EXPECT_EQ(ring->at(first->next)->seq, 101u);
    EXPECT_EQ(drain(*ring), (std::vector<std::string>{"kept", "next"}));
  }
  const auto ring = rig.open();
  EXPECT_EQ(ring->capacity(), 4 * small);
  ring->push("x");
  EXPECT_EQ(ring->at(ring->read_position())->seq, 102u);  // numbers go on
  EXPECT_EQ(rig.said, "");
}

TEST(Ring, IsForItsOwnerOnly) {
  Rig rig;
  const auto ring = rig.open();
  struct stat info{};
  ASSERT_EQ(::stat(rig.place.path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(Ring, AForeignFileIsMovedAsideLoudly) {
  Rig rig;
  for (const std::string& content : {std::string(), std::string("hello"), std::string(Ring::header_bytes + small, 'x'),
                                     std::string(Ring::header_bytes + small, '\0')}) {
    std::ofstream(rig.place.path, std::ios::binary | std::ios::trunc) << content;
    rig.said.clear();
    const auto ring = rig.open();
    EXPECT_NE(rig.said.find("DAMAGED"), std::string::npos);
    EXPECT_TRUE(ring->push("x"));
  }
  EXPECT_TRUE(std::filesystem::exists(rig.place.path + ".damaged-4"));
}

TEST(Ring, ATornRecordIsMovedAsideAndTheSoundOnesAreKept) {
  Rig rig;
  {
    const auto ring = rig.open();
    ring->push("sound");
    ring->push("torn");
    ring->push("unreachable");
  }
  rig.poke(Ring::header_bytes + Ring::space(5) + Ring::frame_bytes, 'T');
  const auto ring = rig.open();
  EXPECT_NE(rig.said.find("1 sound"), std::string::npos) << rig.said;
  EXPECT_EQ(ring->at(ring->read_position())->seq, 100u);
  EXPECT_EQ(drain(*ring), std::vector<std::string>{"sound"});
  ring->push("new");
  EXPECT_GT(ring->at(ring->read_position())->seq, 100u);
}

TEST(Ring, AnyByteOfTheFileMayBeWrong) {
  Rig rig;
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::filesystem::remove(rig.place.path);
    {
      const auto ring = rig.open();
      for (int i = 0; i < 20; ++i) ring->push(std::string(random() % 100, 'r'));
    }
    const std::size_t range = round % 2 == 0 ? 256 : 2048;
    const std::size_t base = round % 2 == 0 ? 0 : Ring::header_bytes;
    for (int i = 0; i < 3; ++i) rig.poke(base + random() % range, static_cast<char>(random()));
    const auto ring = rig.open();
    ASSERT_TRUE(ring);
    drain(*ring);
    EXPECT_TRUE(ring->push("goes on")) << round;
    EXPECT_EQ(drain(*ring), std::vector<std::string>{"goes on"});
    for (const auto& entry : std::filesystem::directory_iterator(rig.scratch.path()))
      if (entry.path().string().contains("damaged")) std::filesystem::remove(entry.path());
  }
}

}  // namespace
}  // namespace sallyport::events
