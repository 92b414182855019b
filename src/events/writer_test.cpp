#include "events/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <set>

#include "events/json_line.hpp"
#include "events/scratch_test.hpp"

namespace sallyport::events {
namespace {

using testing::HasSubstr;

struct Rig {
  Scratch scratch;
  std::int64_t now = 1'795'478'400'000'000;
  std::string said;
  bool disk_full = false;
  int syncs = 0;
  Options options;
  DiskCalls calls = DiskCalls::system();
  Call call;

  Rig() {
    options.directory = scratch.file("log");
    options.ring_bytes = 131072;
    options.clock = [this] { return now; };
    options.complain = [this](std::string_view line) { said += std::string(line) + "\n"; };
    calls.write = [this](int fd, const char* data, std::size_t size) -> ssize_t {
      if (!disk_full) return ::write(fd, data, size);
      errno = ENOSPC;
      return -1;
    };
    calls.sync = [this](int fd) {
      ++syncs;
      return ::fdatasync(fd);
    };
  }
  std::unique_ptr<Writer> open(std::size_t cores = 1) {
    auto writer = Writer::open(options, cores, calls);
    EXPECT_TRUE(writer.has_value()) << writer.error().text();
    return writer ? std::move(*writer) : nullptr;
  }
  [[nodiscard]] std::vector<std::string> lines() const { return lines_of(options.directory); }
  bool publish(Writer& writer, std::uint64_t mark, std::size_t core = 0) {
    call.event.bytes_in = mark;
    return writer.recorder(core).publish(call.event);
  }
};

std::uint64_t mark_of(const std::string& line) {
  const std::size_t at = line.find("\"bytes_in\":");
  return at == std::string::npos ? 0 : std::stoull(line.substr(at + 11));
}

TEST(Writer, WritesWhatIsPublishedAndTellsConsumersFirst) {
  Rig rig;
  const auto writer = rig.open(2);
  std::vector<std::string> seen;
  writer->add_consumer([&](const RecordView& record) { seen.emplace_back(record.line); });
  rig.publish(*writer, 1, 0);
  rig.publish(*writer, 2, 1);
  while (writer->step()) {
  }
  EXPECT_EQ(seen, rig.lines());
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(parse_line_key(seen[1])->ring, 1u);
  EXPECT_EQ(writer->stats().written, 2u);
}

TEST(Writer, ACleanStopWritesEverything) {
  Rig rig;
  const auto writer = rig.open();
  writer->start();
  std::size_t published = 0;
  for (std::uint64_t i = 1; i <= 20'000; ++i) published += rig.publish(*writer, i) ? 1 : 0;
  writer->stop();
  EXPECT_EQ(rig.lines().size(), published);
  EXPECT_EQ(writer->stats().dropped, 20'000 - published);
  EXPECT_GT(rig.syncs, 0);
}

TEST(Writer, TheDirectoryIsForOneProcessAndItsOwner) {
  Rig rig;
  const auto writer = rig.open();
  const auto second = Writer::open(rig.options, 1);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text(), HasSubstr("another process"));
  struct stat info{};
  ASSERT_EQ(::stat(rig.options.directory.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  for (const auto& entry : std::filesystem::directory_iterator(rig.options.directory)) {
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << entry.path();
  }
}

TEST(Writer, RecordsOfAnEarlierRunAreWrittenOnce) {
  Rig rig;
  {
    const auto writer = rig.open(3);
    for (std::size_t core = 0; core < 3; ++core) rig.publish(*writer, core + 1, core);
  }  // never drained
  {
    const auto writer = rig.open(1);  // fewer cores
    EXPECT_EQ(writer->stats().recovered, 3u);
    while (writer->step()) {
    }
  }
  EXPECT_EQ(rig.lines().size(), 3u);
  const auto writer = rig.open(1);
  EXPECT_EQ(writer->stats().recovered, 0u);
}

TEST(Writer, WhatWasWrittenButNotReleasedIsNotWrittenAgain) {
  Rig rig;
  const std::string ring = "/ring-0.bin";
  {
    const auto writer = rig.open();
    rig.publish(*writer, 1);
    rig.publish(*writer, 2);
    std::filesystem::copy_file(rig.options.directory + ring, rig.scratch.file("before"));
    while (writer->step()) {
    }
  }
  // As after a kill between write() and the release of the ring, with a third line torn.
  std::filesystem::copy_file(rig.scratch.file("before"), rig.options.directory + ring,
                             std::filesystem::copy_options::overwrite_existing);
  std::ofstream(list_segments(rig.options.directory)->back().path, std::ios::app) << R"({"v":1,"time":"2026)";
  const auto writer = rig.open();
  EXPECT_EQ(writer->stats().repeated, 2u);
  rig.publish(*writer, 3);
  while (writer->step()) {
  }
  const auto lines = rig.lines();
  ASSERT_EQ(lines.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(mark_of(lines[i]), i + 1);
}

TEST(Writer, AFullDiskIsRetriedThenShedAndRecoversByItself) {
  Rig rig;
  const auto writer = rig.open();
  rig.disk_full = true;
  rig.publish(*writer, 1);
  writer->step();
  EXPECT_TRUE(writer->stats().degraded);
  rig.now += 4'999'999;
  writer->step();
  EXPECT_EQ(writer->stats().shed, 0u);
  rig.disk_full = false;  // in time: nothing is lost
  writer->step();
  EXPECT_FALSE(writer->stats().degraded);
  EXPECT_EQ(rig.lines().size(), 1u);

  rig.disk_full = true;
  rig.publish(*writer, 2);
  writer->step();
  rig.now += 5'000'000;
  writer->step();
  EXPECT_EQ(writer->stats().shed, 1u);
  rig.disk_full = false;
  rig.publish(*writer, 3);
  while (writer->step()) {
  }
  EXPECT_EQ(rig.lines().size(), 2u);
  EXPECT_EQ(mark_of(rig.lines()[1]), 3u);
  EXPECT_LE(std::ranges::count(rig.said, '\n'), 4) << rig.said;
}

TEST(Writer, AFullDiskNeverStopsPublishing) {
  Rig rig;
  const auto writer = rig.open();
  rig.disk_full = true;
  for (std::uint64_t i = 1; i < 5000; ++i) {
    rig.publish(*writer, i);
    if (i % 10 == 0) writer->step();
  }
  const auto stats = writer->stats();
  EXPECT_GT(stats.shed, 0u);  // a filling ring shortens the patience
  rig.disk_full = false;
  while (writer->step()) {
  }
  EXPECT_EQ(writer->stats().written + writer->stats().shed + writer->stats().dropped, 4999u);
  EXPECT_EQ(rig.lines().size(), writer->stats().written);
}

// A real full disk: no file of this process may grow beyond the limit.
TEST(Writer, AFileSizeLimitLeavesOnlyWholeLines) {
  const pid_t child = ::fork();
  if (child == 0) {
    static_cast<void>(::signal(SIGXFSZ, SIG_IGN));
    Rig rig;
    rig.options.retry_for = std::chrono::milliseconds(0);
    const auto writer = rig.open();
    const rlimit limit{200'000, 200'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (std::uint64_t i = 1; i <= 500; ++i) {
      rig.publish(*writer, i);
      writer->step();
    }
    const auto lines = rig.lines();
    const bool whole = std::ranges::all_of(lines, [](const std::string& line) { return line.ends_with('}'); });
    ::_exit(whole && lines.size() > 50 && writer->stats().shed > 0 && lines.size() == writer->stats().written ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Writer, SyncsByGroup) {
  Rig rig;
  const auto writer = rig.open();
  writer->step();
  rig.syncs = 0;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    rig.publish(*writer, i);
    writer->step();
    rig.now += 150'000;
  }
  EXPECT_EQ(rig.syncs, 1);
  rig.now += 1'000'000;
  writer->step();
  EXPECT_EQ(rig.syncs, 2);
  rig.now += 5'000'000;
  writer->step();  // nothing new
  EXPECT_EQ(rig.syncs, 2);
}

TEST(Writer, SyncsEachBatchWhenAsked) {
  Rig rig;
  rig.options.sync = std::chrono::milliseconds(0);
  const auto writer = rig.open();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    rig.publish(*writer, i);
    writer->step();
  }
  EXPECT_EQ(rig.syncs, 3);
}

TEST(Writer, AnIdleLogStillLetsOldSegmentsGo) {
  Rig rig;
  rig.options.segment_bytes = 1;
  rig.options.retention_age = std::chrono::seconds(100);
  const auto writer = rig.open();
  for (std::uint64_t i = 1; i <= 2; ++i) {
    rig.publish(*writer, i);
    writer->step();
  }
  rig.now += 200'000'000;
  writer->step();  // closes the current segment
  rig.now += 200'000'000;
  writer->step();
  EXPECT_EQ(rig.lines().size(), 0u);
}

TEST(Writer, AKeyThatOthersCanReadIsRefused) {
  Rig rig;
  rig.open();
  ::chmod((rig.options.directory + "/fingerprint.key").c_str(), 0644);
  EXPECT_FALSE(Writer::open(rig.options, 1));
}

TEST(Writer, FingerprintsStayTheSameFromRunToRun) {
  Rig rig;
  for (int i = 0; i < 2; ++i) {
    const auto writer = rig.open();
    rig.publish(*writer, 1);
    while (writer->step()) {
    }
  }
  const auto lines = rig.lines();
  ASSERT_EQ(lines.size(), 2u);
  const auto credential = [](const std::string& line) { return line.substr(line.find("\"credential\""), 40); };
  EXPECT_EQ(credential(lines[0]), credential(lines[1]));
}

// Shared with the children: for each mark whether publish() began, and whether it returned true.
struct Ledger {
  static constexpr std::size_t size = 4'000'000;
  std::atomic<std::uint64_t> next;
  std::array<std::atomic<std::uint8_t>, size> state;
};

TEST(Writer, KillsLoseNothingPublishedAndRepeatNothing) {
  Rig rig;
  auto* const ledger =
      static_cast<Ledger*>(::mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(static_cast<void*>(ledger), MAP_FAILED);
  rig.options.ring_bytes = 1u << 20;
  rig.options.retention_bytes = std::size_t{8} << 30;
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto options = rig.options;
      options.clock = system_now_us;
      auto writer = Writer::open(options, 1);
      if (!writer) ::_exit(1);
      (*writer)->start();
      while (ledger->next + 1 < Ledger::size) {
        const std::uint64_t mark = ++ledger->next;
        ledger->state[mark] = 1;
        if (rig.publish(**writer, mark)) ledger->state[mark] = 2;
        if (mark % 64 == 0) ::usleep(100);
      }
      ::_exit(0);
    }
    const std::uint64_t start = ledger->next;
    while (ledger->next == start && ::waitpid(child, nullptr, WNOHANG) == 0) ::usleep(200);
    ::usleep(static_cast<useconds_t>(1000 + round * 1700));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  rig.options.clock = system_now_us;
  const auto writer = rig.open();
  while (writer->step()) {
  }
  std::map<std::uint64_t, int> seen;
  for (const auto& line : rig.lines()) {
    ASSERT_TRUE(line.starts_with('{') && line.ends_with('}')) << line;
    ++seen[mark_of(line)];
  }
  std::size_t published = 0;
  for (std::uint64_t mark = 1; mark <= ledger->next; ++mark) {
    const int times = seen.contains(mark) ? seen[mark] : 0;
    if (ledger->state[mark] == 2) {
      ++published;
      ASSERT_EQ(times, 1) << mark;
    } else {
      ASSERT_LE(times, 1) << mark;
    }
  }
  EXPECT_GT(published, 1000u);
  RecordProperty("published", static_cast<int>(published));
  ::munmap(ledger, sizeof(Ledger));
}

}  // namespace
}  // namespace sallyport::events
