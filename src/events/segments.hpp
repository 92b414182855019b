// Segments: the files events-<UTC yyyymmddThhmmss>-<n>.jsonl of a directory. `n` grows by one from
// segment to segment for as long as any is kept, so it and not the clock gives their order.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "events/options.hpp"

namespace sallyport::events {

struct Segment {
  std::string path;
  std::uint64_t number = 0;
  std::int64_t started_us = 0;  // by its name, whole seconds
  std::uint64_t bytes = 0;
};

// The segments of a directory, oldest first.
[[nodiscard]] Result<std::vector<Segment>> list_segments(const std::string& directory);

// The system calls that can fail; tests give failing ones.
struct DiskCalls {
  std::function<ssize_t(int, const char*, std::size_t)> write;
  std::function<int(int)> sync;
  [[nodiscard]] static DiskCalls system();
};

// One thread.
class Segments {
 public:
  // Goes on with the newest segment; a last line without line feed is cut off.
  [[nodiscard]] static Result<Segments> open(const Options& options, DiskCalls calls = DiskCalls::system());
  Segments(Segments&&) noexcept;
  Segments& operator=(Segments&&) = delete;
  ~Segments();

  // Appends whole lines, from `done` on, which it moves forward; false with errno set when the
  // disk refused. Asking again goes on where it stopped.
  [[nodiscard]] bool append(std::string_view lines, std::size_t& done);
  // Gives up the rest of `lines`: cuts the file after the last whole line, or goes to a new segment.
  void abandon(std::string_view lines, std::size_t done);
  // fdatasync when something was written since; false with errno set, and a new segment is begun.
  [[nodiscard]] bool sync();
  // Closes a segment that is full (by `more` bytes) or old; removes what retention does not keep.
  void rotate(std::size_t more, std::int64_t now_us);

  [[nodiscard]] const std::vector<Segment>& all() const { return all_; }
  [[nodiscard]] std::uint64_t removed() const { return removed_; }

 private:
  explicit Segments(const Options& options, DiskCalls calls);
  bool begin(std::int64_t now_us);
  void close_current();
  void retain(std::int64_t now_us);

  std::string directory_;
  std::size_t segment_bytes_;
  std::int64_t segment_age_us_;
  std::size_t retention_bytes_;
  std::int64_t retention_age_us_;
  WallClock clock_;
  DiskCalls calls_;
  std::vector<Segment> all_;
  std::uint64_t next_number_ = 1;
  std::uint64_t removed_ = 0;
  int fd_ = -1;
  bool dirty_ = false;
};

}  // namespace sallyport::events
