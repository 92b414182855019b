// LogTail: the event log, read from where another reader left off. The log is the spool of every outlet: what
// could not be delivered stays in it until retention takes it away, and nothing is written twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::outlet {

// A place in the log: behind everything that was delivered.
struct Cursor {
  std::uint64_t segment = 0;  // its number; 0: before the first
  std::uint64_t offset = 0;   // bytes
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

class LogTail {
 public:
  explicit LogTail(std::string directory) : directory_(std::move(directory)) {}

  // Up to `most` whole lines behind `from`, without line feeds, and the place behind them. When the segment of
  // `from` is gone, its rest is lost: that counts in missed(), and reading goes on with the oldest that is there.
  struct Batch {
    std::vector<std::string> lines;
    Cursor next;
  };
  [[nodiscard]] Result<Batch> read(const Cursor& from, std::size_t most);
  // The end of the log as it is now.
  [[nodiscard]] Result<Cursor> end() const;
  [[nodiscard]] std::uint64_t missed() const { return missed_; }  // segments, or parts of them

 private:
  std::string directory_;
  std::uint64_t missed_ = 0;
};

// Kept in a file, replaced as a whole. A file that cannot be read is an error, not a new beginning.
[[nodiscard]] Result<std::optional<Cursor>> load_cursor(const std::string& path);  // null when there is no file
[[nodiscard]] Result<void> save_cursor(const std::string& path, const Cursor& cursor);

}  // namespace sallyport::outlet
