// LiveCalls: the newest calls, for the dashboard's table and its detail view. Filled on the event
// writer's thread, read by any; a reader gets shared copies and never holds up the writer.
//
// Bounded twice: by calls and by bytes, since a caller decides how long a call's fields are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sallyport/operation.hpp>

#include <sallyport/event.hpp>

#include "events/record.hpp"

namespace sallyport::inventory {

// What a control would have denied.
struct Observation {
  std::string control, rule, detail;
};

// A RecordView that owns its text. The views point into one block: a busy gateway makes and drops
// one of these for each call.
struct Call {
  std::uint64_t seq = 0;  // of this process, from 1, without gaps
  CallId id;
  std::int64_t time_us = 0;
  std::string_view client, credential, api, method, host;
  std::string_view actor;      // the caller's subject, or its application
  std::string_view path;       // with its query
  std::string_view operation;  // its label
  std::uint16_t status = 0;
  Outcome outcome = Outcome::failed;
  std::string_view control, rule, detail;
  std::uint64_t duration_us = 0;
  std::vector<Observation> observed;
  std::string_view line;  // the event as JSON
  std::string_view seal_key, sealed;
  std::unique_ptr<char[]> text;
  std::size_t text_size = 0;

  [[nodiscard]] std::size_t bytes() const;
};

struct Page {
  std::uint64_t next = 0;                          // to be given as `after` next time
  std::vector<std::shared_ptr<const Call>> calls;  // oldest first
};

class LiveCalls {
 public:
  explicit LiveCalls(std::size_t max_calls = 2000, std::size_t max_bytes = 64u << 20)
      : max_calls_(max_calls), max_bytes_(max_bytes) {}

  void add(const events::RecordView& record);

  // With `after`, the oldest `limit` calls of those that came later; without, the newest `limit`.
  // A reader that fell behind goes on with the oldest that is kept.
  [[nodiscard]] Page after(std::optional<std::uint64_t> after, std::size_t limit) const;
  // Null when it is not kept. Linear in the calls kept.
  [[nodiscard]] std::shared_ptr<const Call> find(const CallId& id) const;

 private:
  const std::size_t max_calls_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Call>> calls_;  // seq without gaps
  std::size_t bytes_ = 0;
  std::uint64_t seq_ = 0;
};

}  // namespace sallyport::inventory
