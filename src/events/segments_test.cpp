#include "events/segments.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "events/scratch_test.hpp"

namespace sallyport::events {
namespace {

constexpr std::int64_t second = 1'000'000;

struct Rig {
  Scratch scratch;
  std::int64_t now = 1'795'478'400 * second;  // 2026-11-24T00:00:00Z
  Options options;
  Rig() {
    options.directory = scratch.path();
    options.clock = [this] { return now; };
  }
  Segments open(DiskCalls calls = DiskCalls::system()) {
    auto segments = Segments::open(options, std::move(calls));
    EXPECT_TRUE(segments.has_value());
    return std::move(*segments);
  }
};

bool append(Segments& segments, std::string_view lines) {
  std::size_t done = 0;
  return segments.append(lines, done);
}

TEST(Segments, AreNamedByTimeAndNumber) {
  Rig rig;
  auto segments = rig.open();
  EXPECT_TRUE(append(segments, "a\n"));
  ASSERT_EQ(segments.all().size(), 1u);
  EXPECT_EQ(segments.all()[0].path, rig.scratch.file("events-20261124T000000-1.jsonl"));
  struct stat info{};
  ASSERT_EQ(::stat(segments.all()[0].path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(Segments, GoOnWithTheNewestAndCutItsTornLine) {
  Rig rig;
  {
    auto segments = rig.open();
    append(segments, "one\ntwo\ntor");
  }
  auto segments = rig.open();
  append(segments, "three\n");
  EXPECT_EQ(lines_of(rig.scratch.path()), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(segments.all().size(), 1u);
}

TEST(Segments, ATornLineLongerThanABlockIsCut) {
  Rig rig;
  {
    auto segments = rig.open();
    append(segments, "one\n" + std::string(20'000, 'x'));
  }
  rig.open();
  EXPECT_EQ(lines_of(rig.scratch.path()), std::vector<std::string>{"one"});
}

TEST(Segments, OrderIsByNumberWhateverTheClockSays) {
  Rig rig;
  rig.options.segment_bytes = 1;
  auto segments = rig.open();
  for (int i = 0; i < 12; ++i) {
    segments.rotate(2, rig.now);
    append(segments, std::to_string(i) + "\n");
    rig.now -= 3600 * second;
  }
  const auto listed = list_segments(rig.scratch.path());
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 12u);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ((*listed)[i].number, i + 1);
  EXPECT_EQ(lines_of(rig.scratch.path())[11], "11");
}

TEST(Segments, RotateBeforeTheyGrowBeyondTheirSize) {
  Rig rig;
  rig.options.segment_bytes = 10;
  auto segments = rig.open();
  for (const char* line : {"12345\n", "678\n", "x\n"}) {
    segments.rotate(std::string_view(line).size(), rig.now);
    append(segments, line);
  }
  ASSERT_EQ(segments.all().size(), 2u);
  EXPECT_EQ(segments.all()[0].bytes, 10u);
}

TEST(Segments, RotateByAge) {
  Rig rig;
  rig.options.segment_age = std::chrono::seconds(60);
  auto segments = rig.open();
  append(segments, "a\n");
  segments.rotate(2, rig.now += 59 * second);
  EXPECT_EQ(segments.all().size(), 1u);
  segments.rotate(2, rig.now += second);
  EXPECT_EQ(segments.all().size(), 2u);
}

TEST(Segments, RetentionRemovesTheOldestAndNeverTheCurrent) {
  Rig rig;
  rig.options.segment_bytes = 4;
  rig.options.retention_bytes = 8;
  auto segments = rig.open();
  for (int i = 0; i < 6; ++i) {
    segments.rotate(4, rig.now);
    append(segments, "00" + std::to_string(i) + "\n");
  }
  segments.rotate(0, rig.now);
  EXPECT_EQ(lines_of(rig.scratch.path()), (std::vector<std::string>{"004", "005"}));
  EXPECT_EQ(segments.removed(), 4u);

  rig.options.retention_bytes = 1;
  auto tight = rig.open();
  tight.rotate(0, rig.now);
  EXPECT_EQ(lines_of(rig.scratch.path()), std::vector<std::string>{"005"});
}

TEST(Segments, RetentionByAgeCountsFromASegmentsLastEvent) {
  Rig rig;
  rig.options.segment_bytes = 1;
  rig.options.retention_age = std::chrono::seconds(100);
  auto segments = rig.open();
  append(segments, "old\n");
  rig.now += 50 * second;
  segments.rotate(1, rig.now);
  append(segments, "new\n");
  segments.rotate(0, rig.now += 100 * second);
  EXPECT_EQ(segments.all().size(), 3u);
  segments.rotate(0, rig.now += second);
  EXPECT_EQ(segments.all().size(), 2u);
}

TEST(Segments, ForeignFilesAreLeftAlone) {
  Rig rig;
  const char* names[] = {"events-20261124T000000-x.jsonl", "events-20261124T000000-1.json", "events-1.jsonl",
                         "notes.txt"};
  for (const char* name : names) std::ofstream(rig.scratch.file(name)) << "x";
  auto segments = rig.open();
  EXPECT_TRUE(segments.all().empty());
  segments.rotate(0, rig.now);
  for (const char* name : names) EXPECT_TRUE(std::filesystem::exists(rig.scratch.file(name)));
}

TEST(Segments, AShortWriteGoesOnWhereItStopped) {
  Rig rig;
  bool full = false;
  DiskCalls calls = DiskCalls::system();
  calls.write = [&](int fd, const char* data, std::size_t size) -> ssize_t {
    if (full) {
      errno = ENOSPC;
      return -1;
    }
    full = true;
    return ::write(fd, data, std::min<std::size_t>(size, 3));
  };
  auto segments = rig.open(calls);
  std::size_t done = 0;
  EXPECT_FALSE(segments.append("one\ntwo\n", done));
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_EQ(done, 3u);
  full = false;
  EXPECT_FALSE(segments.append("one\ntwo\n", done));
  full = false;
  EXPECT_TRUE(segments.append("one\ntwo\n", done));
  EXPECT_EQ(lines_of(rig.scratch.path()), (std::vector<std::string>{"one", "two"}));
}

TEST(Segments, AbandonedLinesLeaveNoTornOne) {
  Rig rig;
  std::size_t room = 6;
  DiskCalls calls = DiskCalls::system();
  calls.write = [&](int fd, const char* data, std::size_t size) -> ssize_t {
    if (room == 0) {
      errno = ENOSPC;
      return -1;
    }
    const ssize_t n = ::write(fd, data, std::min(size, room));
    room -= static_cast<std::size_t>(n);
    return n;
  };
  auto segments = rig.open(calls);
  std::size_t done = 0;
  EXPECT_FALSE(segments.append("one\ntwo\n", done));
  segments.abandon("one\ntwo\n", done);
  room = 100;
  EXPECT_TRUE(append(segments, "three\n"));
  EXPECT_EQ(lines_of(rig.scratch.path()), (std::vector<std::string>{"one", "three"}));
}

TEST(Segments, AFailedSyncGoesToANewSegment) {
  Rig rig;
  int result = -1;
  DiskCalls calls = DiskCalls::system();
  calls.sync = [&](int) {
    errno = EIO;
    return result;
  };
  auto segments = rig.open(calls);
  append(segments, "one\n");
  EXPECT_FALSE(segments.sync());
  EXPECT_EQ(errno, EIO);
  result = 0;
  append(segments, "two\n");
  EXPECT_TRUE(segments.sync());
  EXPECT_EQ(segments.all().size(), 2u);
}

}  // namespace
}  // namespace sallyport::events
