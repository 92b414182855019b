// Writer: the event log of a process. It owns the rings, one background thread that turns records
// into JSON lines in segments, and everyone who is told of each record.
//
//   auto log = Writer::open(options, cores);       // before the first connection
//   log->add_consumer(…);                          // before start()
//   log->start();                                  // recovered records are written first
//   log->recorder(core).publish(event);            // on the core's thread
//   log->stop();                                   // after the last publish: everything is written
//
// No record is lost or written twice by kill -9: a record leaves its ring only after write()
// returned, and what a killed process had written but not yet released is recognised by ring and
// seq. When the disk refuses, the batch is tried again for Options::retry_for (less when a ring
// fills up) and then shed and counted; it goes on by itself when there is space again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sallyport/result.hpp>

#include "events/options.hpp"
#include "events/record.hpp"
#include "events/recorder.hpp"
#include "events/segments.hpp"

namespace sallyport::events {

// Called on the writer's thread for each record, before it is on disk. Must be quick and not throw.
using Consumer = std::function<void(const RecordView&)>;

struct WriterStats {
  std::uint64_t written = 0;  // lines
  std::uint64_t written_bytes = 0;
  std::uint64_t dropped = 0;  // not published: a ring was full
  std::uint64_t shed = 0;     // published, and given up because the disk refused
  std::uint64_t damaged = 0;  // times a ring's records could not be read
  std::uint64_t disk_errors = 0;
  std::uint64_t recovered = 0;  // records found in rings at start
  std::uint64_t repeated = 0;   // of them already written
  bool degraded = false;        // the disk refuses at present
};

class Writer {
 public:
  // Makes the directory, locks it (one process at a time), opens keys, rings and segments.
  [[nodiscard]] static Result<std::unique_ptr<Writer>> open(const Options& options, std::size_t cores,
                                                            DiskCalls calls = DiskCalls::system());
  ~Writer();  // stops
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void add_consumer(Consumer consumer);
  void start();
  void stop();
  // One round of the thread, for drivers without one: true when records were taken from a ring.
  bool step();

  [[nodiscard]] Recorder& recorder(std::size_t core) { return *recorders_[core]; }
  [[nodiscard]] std::size_t cores() const { return recorders_.size(); }
  [[nodiscard]] const Redactor& redactor() const { return *redactor_; }
  [[nodiscard]] const Sealer& sealer() const { return *sealer_; }
  [[nodiscard]] const std::string& directory() const { return options_.directory; }
  [[nodiscard]] WriterStats stats() const;  // any thread

 private:
  Writer(const Options& options, DiskCalls calls);
  [[nodiscard]] Result<void> prepare(std::size_t cores);
  [[nodiscard]] Result<void> open_rings(std::size_t cores);
  void skip_written();
  void run();
  void collect();
  bool flush();
  void shed();
  void note_failure(const char* what, int error);
  void group_commit(bool now);

  struct Source {
    std::unique_ptr<Ring> ring;
    std::uint64_t position = 0;  // after what is in the batch
  };
  Options options_;
  DiskCalls calls_;
  int lock_fd_ = -1;
  int wake_fd_ = -1;
  std::unique_ptr<Redactor> redactor_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<Segments> segments_;
  std::vector<Source> sources_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::vector<Consumer> consumers_;

  // Of the writer's thread.
  std::string batch_;
  std::size_t batch_done_ = 0;
  std::uint64_t batch_lines_ = 0;
  bool batch_was_full_ = false;
  RecordParts parts_;
  std::int64_t failing_since_us_ = 0;  // of this batch, 0 when it does not
  std::int64_t last_sync_us_ = 0;
  std::int64_t last_upkeep_us_ = 0;
  std::int64_t last_message_us_ = 0;

  std::thread thread_;
  std::atomic<bool> stopping_{false};
  struct Counters {
    std::atomic<std::uint64_t> written{0}, written_bytes{0}, shed{0}, damaged{0}, disk_errors{0}, recovered{0},
        repeated{0};
    std::atomic<bool> degraded{false};
  } counters_;
};

}  // namespace sallyport::events
