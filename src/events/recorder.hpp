// Recorder: what one core of the gateway publishes its events with. It redacts (redact.hpp),
// seals (seal.hpp) and copies the event into this core's ring.
//
// Contract with the gateway: publish() before the last byte of the response is handed to the
// kernel. Then whatever a client saw answered is in the ring, also after kill -9.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "events/clean_fields.hpp"
#include "events/record.hpp"
#include "events/redact.hpp"
#include "events/ring.hpp"
#include "events/seal.hpp"

namespace sallyport::events {

class Recorder {
 public:
  // All must live longer than it.
  Recorder(Ring& ring, const Redactor& redactor, const Sealer& sealer);

  // One thread only. Copies: nothing of the event is needed afterwards. False when the ring is
  // full (counted, never blocks). About half a microsecond; a sealed body some more.
  bool publish(const Event& event) noexcept;

  [[nodiscard]] const Ring& ring() const { return ring_; }

 private:
  Ring& ring_;
  const Redactor& redactor_;
  const Sealer& sealer_;
  CleanFields clean_;
  std::unique_ptr<char[]> scratch_;
};

// The binary form of the event in `out` (max_record bytes): its size. Values that do not fit are cut.
[[nodiscard]] std::size_t encode_record(const Event& event, const Redactor& redactor, const Sealer& sealer,
                                        CleanFields& clean, char* out);

}  // namespace sallyport::events
