// Event: the one record of a call: who, what, how it ended, which control said what and why.
// The engine fills it; the driver adds what only it knows (times, bytes, upstream) and hands it
// to a ring (events/). Views live as long as the call; the ring copies and redacts them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <sallyport/actor.hpp>
#include <sallyport/message.hpp>
#include <sallyport/operation.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport {

// 128-bit id, UUIDv7 (RFC 9562 §5.7).
struct CallId {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const CallId&, const CallId&) = default;
};

enum class Outcome : std::uint8_t {
  forwarded,  // the upstream's answer went to the client, perhaps rewritten
  denied,     // a control or the HTTP rules refused
  failed,     // no answer from upstream, or a fault inside: 502, 503, 504
  aborted,    // the client or a deadline ended the call before the answer was complete
};

// What one control said, when it was more than Pass.
struct Note {
  std::string_view control;
  enum class Action : std::uint8_t { noted, rewrote, denied, would_deny, would_rewrite, failed } action = Action::noted;
  Reason reason;
};

struct Event {
  static constexpr std::size_t max_notes = 16;

  CallId id;
  std::int64_t time_us = 0;  // start of the call, microseconds since 1970
  std::uint64_t duration_us = 0;
  std::uint64_t upstream_us = 0;  // from the first byte sent to the head received; 0 when not forwarded
  std::uint64_t engine_ns = 0;    // time inside the engine, when sampled
  const Connection* connection = nullptr;
  const Actor* actor = nullptr;        // who called; null when no control was asked
  const Request* request = nullptr;    // null when the head could not be parsed at all
  const Response* response = nullptr;  // of the upstream; null when there was none
  Route route;
  std::uint16_t status = 0;  // what the client got; 0 when nothing
  Outcome outcome = Outcome::failed;
  std::string_view control;  // who decided, when not forwarded: a control, or "http", "upstream"
  Reason reason;
  std::uint64_t bytes_in = 0;   // of the request's body, decoded from its framing
  std::uint64_t bytes_out = 0;  // of the response's body
  std::uint64_t bytes_uninspected = 0;
  std::string_view upstream;  // address, or empty
  std::string_view sealed;    // the original body of a replaced answer, to be encrypted
  std::uint32_t notes_dropped = 0;
  std::uint32_t note_count = 0;
  std::array<Note, max_notes> notes;

  void clear() noexcept;  // everything but the notes' storage
  [[nodiscard]] std::span<const Note> all_notes() const noexcept { return {notes.data(), note_count}; }
};

}  // namespace sallyport
