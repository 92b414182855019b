// Control: one security decision, compiled once and asked for every call. A control does no I/O,
// keeps no state of its own across calls and is shared by all threads; what it must remember
// within a call is a struct of its own, kept by the engine in a typed slot.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include <sallyport/actor.hpp>
#include <sallyport/arena.hpp>
#include <sallyport/decoded.hpp>
#include <sallyport/message.hpp>
#include <sallyport/operation.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport {

enum class Phase : std::uint8_t { connection, request_head, request_body, response_head, response_body, end };
inline constexpr std::size_t phase_count = 6;

class Transaction;

// A set of phases: the hooks that a control overrides.
struct Phases {
  std::uint8_t bits = 0;
  constexpr Phases(std::initializer_list<Phase> phases) {
    for (const Phase p : phases) bits = static_cast<std::uint8_t>(bits | (1u << static_cast<unsigned>(p)));
  }
  [[nodiscard]] constexpr bool has(Phase p) const { return ((bits >> static_cast<unsigned>(p)) & 1u) != 0; }
};

// Layout of the struct that a control keeps for a call. It must be trivially destructible: it
// lives in the call's arena.
struct StateLayout {
  std::size_t size = 0;
  std::size_t align = 1;
  void (*construct)(void*) = nullptr;

  template <class S>
    requires std::is_trivially_destructible_v<S>
  static constexpr StateLayout of() {
    return {sizeof(S), alignof(S), [](void* at) { ::new (at) S{}; }};
  }
};

// What a control sees of a call, and what it may ask of the engine.
class Context {
 public:
  explicit Context(Transaction& transaction) : transaction_(transaction) {}

  [[nodiscard]] const Connection& connection() const;
  [[nodiscard]] const Request& request() const;
  [[nodiscard]] const Response& response() const;
  [[nodiscard]] const Route& route() const;
  // Who calls: anonymous until a control of authentication said otherwise.
  [[nodiscard]] const Actor& actor() const;
  // For controls of authentication, in request_head. Views must be static or in arena().
  void set_actor(const Actor& actor) const;
  [[nodiscard]] Arena& arena() const;
  // Wall clock in seconds since 1970, injected by the driver.
  [[nodiscard]] std::int64_t now() const;
  // The same in microseconds.
  [[nodiscard]] std::int64_t now_us() const;

  // The body of this phase as a whole; set in the body phases only.
  [[nodiscard]] std::string_view body() const;
  // The same as a tree, by its media type. Decoded when the first control of the phase asks. What
  // cannot be decoded is never "nothing found": look at the state.
  [[nodiscard]] const Decoded& decoded() const;

  // Asks for the body of the request (in request_head) or of the response (in response_head).
  // It is given as a whole when it has at most `limit` bytes. A longer request body is refused
  // with 413; a longer response body passes unseen and is counted as uninspected.
  void want_body(std::size_t limit) const;
  // The same for controls that only take notes: no verdict depends on that body, so a replay without it
  // misses nothing.
  void look_at_body(std::size_t limit) const;
  // In response_head: as want_body(), and a longer body does not pass unseen: the answer becomes 502. For
  // controls without whose consent nothing may leave.
  void require_body(std::size_t limit) const;

  // Spends work units of the call's budget; false when it is used up: return Failed then.
  [[nodiscard]] bool spend(std::uint32_t units) const;

  // Evidence that is no verdict: recorded in the event.
  void note(Reason reason) const;
  // The answer to this control's Need, when it is asked again; null the first time.
  [[nodiscard]] const Answer* answer() const;

  // The state struct of the control that runs now. S must be the one of its state_layout().
  template <class S>
  [[nodiscard]] S& state() const {
    return *static_cast<S*>(slot());
  }

 private:
  [[nodiscard]] void* slot() const;
  Transaction& transaction_;
};

class Control {
 public:
  virtual ~Control() = default;
  [[nodiscard]] virtual Phases phases() const = 0;
  [[nodiscard]] virtual StateLayout state_layout() const { return {}; }

  virtual Verdict on_connection(const Context&) const { return Pass{}; }
  virtual Verdict on_request_head(const Context&) const { return Pass{}; }
  virtual Verdict on_request_body(const Context&) const { return Pass{}; }
  virtual Verdict on_response_head(const Context&) const { return Pass{}; }
  virtual Verdict on_response_body(const Context&) const { return Pass{}; }
  virtual void on_end(const Context&) const {}
};

}  // namespace sallyport
