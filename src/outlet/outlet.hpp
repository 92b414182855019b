// Outlet: a thread that brings the event log to one sink, in order and at least once. It reads the log behind the
// gateway's back and holds up nobody; when the sink does not take a batch it is sent again, after first_pause
// and then longer up to max_pause. Where it stands is kept in a file: a restart goes on from there.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/step_thread.hpp"
#include "events/options.hpp"
#include "outlet/format.hpp"
#include "outlet/log_tail.hpp"
#include "outlet/sink.hpp"

namespace sallyport::outlet {

struct OutletOptions {
  std::string name;       // letters, digits, '-' and '_': in the cursor's file name and in messages
  std::string directory;  // of the event log; the cursor is kept beside it
  Format format = Format::sallyport;
  events::Complain complain = events::complain_on_stderr;
};

struct OutletStats {
  std::uint64_t delivered = 0;   // messages
  std::uint64_t failures = 0;    // of sending
  std::uint64_t unreadable = 0;  // lines that are no events
  std::uint64_t missed = 0;      // segments that retention took away before they were delivered
  bool away = false;             // the last batch was not taken
};

class Outlet {
 public:
  static constexpr std::size_t max_batch = 500;
  static constexpr std::chrono::milliseconds rest{200};  // when there is nothing to deliver
  static constexpr std::chrono::milliseconds first_pause{500};
  static constexpr std::chrono::milliseconds max_pause{30'000};

  // Begins at the end of the log when it was never run before.
  [[nodiscard]] static Result<std::unique_ptr<Outlet>> open(const OutletOptions& options, std::unique_ptr<Sink> sink);
  ~Outlet();  // stops
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  void start();
  void stop();  // after a last batch, when the sink takes it
  // One batch: how many messages were delivered. For drivers without a thread.
  [[nodiscard]] Result<std::size_t> step();
  [[nodiscard]] OutletStats stats() const;
  [[nodiscard]] const std::string& name() const { return options_.name; }

 private:
  Outlet(const OutletOptions& options, std::unique_ptr<Sink> sink)
      : options_(options), sink_(std::move(sink)), tail_(options.directory) {}
  [[nodiscard]] std::string cursor_file() const { return options_.directory + "/outlet-" + options_.name + ".cursor"; }
  std::chrono::milliseconds round(bool last);

  const OutletOptions options_;
  std::unique_ptr<Sink> sink_;
  LogTail tail_;
  Cursor cursor_;
  mutable std::mutex mutex_;
  OutletStats stats_;
  std::chrono::milliseconds failing_ = first_pause;  // until the next try when it is away
  StepThread thread_;                                // last: it is stopped first
};

}  // namespace sallyport::outlet
