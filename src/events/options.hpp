// How the event log of this process is kept. The settings room fills it from the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::events {

// Microseconds since 1970. Tests give their own.
using WallClock = std::function<std::int64_t()>;
[[nodiscard]] std::int64_t system_now_us();

// Where a message for the operator goes; each is one line without a line feed.
using Complain = std::function<void(std::string_view)>;
void complain_on_stderr(std::string_view line);

struct Options {
  std::string directory;                               // made when absent, mode 0700
  std::string ring_directory;                          // of the rings; empty: `directory`
  std::size_t ring_bytes = 8u << 20;                   // of each ring, at least 128 KiB
  std::size_t segment_bytes = 64u << 20;               // a segment is closed when it would grow beyond
  std::chrono::seconds segment_age{3600};              // or when it is that old
  std::size_t retention_bytes = std::size_t{1} << 30;  // of all segments together
  std::chrono::seconds retention_age{30 * 86400};      // since a segment's last event
  std::chrono::milliseconds sync{1000};                // fdatasync at least that often; 0: after each batch
  std::chrono::milliseconds retry_for{5000};           // a batch that the disk refuses is kept that long, then shed
  std::vector<std::string> redact;                     // further names whose values are never recorded
  std::string seal_key_file;                           // empty: <directory>/seal.key
  WallClock clock = system_now_us;
  Complain complain = complain_on_stderr;
};

}  // namespace sallyport::events
