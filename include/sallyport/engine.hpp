// The engine: hands a call, phase by phase, to the controls of its API and answers with a
// verdict. It holds no socket and never blocks (sans I/O): gateway, adapters, replay and tests
// drive the same code.
//
//   Transaction tx;                                  // reusable, one call at a time
//   tx.begin(policy, connection, request, clock);
//   Verdict v = tx.request_head();                   // Pass, Deny or Need
//
// The engine applies modes, on_error, budgets and edits itself. What it returns is what the
// driver must do: refuse, look up, send another answer (Rewrite::replace) or send another body
// (Rewrite::body, whose length and fields the head has already). An observed denial or edit is only
// noted in the event.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/arena.hpp>
#include <sallyport/control.hpp>
#include <sallyport/event.hpp>
#include <sallyport/result.hpp>

namespace sallyport {

class Router;  // spec/router.hpp

// One control as an API uses it.
struct Step {
  std::string_view name;  // of the control, static
  std::shared_ptr<const Control> control;
  Mode mode = Mode::enforce;
  OnError on_error = OnError::deny;
  std::uint32_t slot = 0;  // offset of its state in the call's slab
  StateLayout layout;
};

// The controls of one API in the order of controls/registry.def, and the same by phase.
class Pipeline {
 public:
  Pipeline() = default;
  explicit Pipeline(std::vector<Step> steps);
  [[nodiscard]] std::span<const Step> steps() const { return steps_; }
  // Indices into steps() of the controls with a hook in that phase; `off` ones are left out.
  [[nodiscard]] std::span<const std::uint16_t> in(Phase phase) const {
    return by_phase_[static_cast<std::size_t>(phase)];
  }
  [[nodiscard]] std::size_t slab_bytes() const { return slab_bytes_; }
  [[nodiscard]] std::size_t slab_align() const { return slab_align_; }

 private:
  std::vector<Step> steps_;
  std::array<std::vector<std::uint16_t>, phase_count> by_phase_;
  std::size_t slab_bytes_ = 0;
  std::size_t slab_align_ = 1;
};

// Everything the engine decides with: immutable, built off the hot path, shared by all threads
// and swapped as a whole.
struct Policy {
  std::vector<std::unique_ptr<const Api>> apis;
  std::vector<Pipeline> pipelines;  // one per API, same index
  Pipeline edge;                    // connections, and calls that no API claims
  std::shared_ptr<const Router> router;
  std::uint32_t budget = 1'000'000;  // work units a call may spend in controls
  std::uint64_t generation = 0;
  std::shared_ptr<const void> services;  // what controls point into: engine/services.hpp
};

// Time as the driver sees it, so that replay and tests need no real clock.
struct Clock {
  std::int64_t now_us = 0;  // microseconds since 1970
};

class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Asked once a connection, before its first byte. When false, scratch.event() says why.
  [[nodiscard]] static bool admits(const Policy& policy, const Connection& connection, Clock clock,
                                   Transaction& scratch);

  // Starts a call and routes it. All references must live until end(). What was allocated in
  // fresh_arena() since stays.
  void begin(const Policy& policy, const Connection& connection, Request& request, Clock clock);
  // Starts a call whose head was refused by the HTTP rules: it has an event and no verdict.
  void begin_refused(const Policy& policy, const Connection& connection, const Request* request, Clock clock);

  [[nodiscard]] Verdict request_head();
  [[nodiscard]] Verdict request_body(std::string_view body);
  [[nodiscard]] Verdict response_head(Response& response);
  [[nodiscard]] Verdict response_body(std::string_view body);
  // After Need: goes on with the control that asked.
  [[nodiscard]] Verdict resume(const Answer& answer);
  // Runs the end hooks; the event is complete but for the driver's own figures.
  void end();

  // 0, or how many bytes of the body some control wants to see as a whole.
  [[nodiscard]] std::size_t wants_request_body() const { return request_body_limit_; }
  [[nodiscard]] std::size_t wants_response_body() const { return response_body_limit_; }
  // Does a verdict depend on it?
  [[nodiscard]] bool judges_request_body() const { return request_body_judged_; }
  [[nodiscard]] bool judges_response_body() const { return response_body_judged_; }
  // When the response's body turns out to be longer than that: Pass, or what goes out instead.
  [[nodiscard]] Verdict response_unseen();

  [[nodiscard]] Event& event() { return event_; }
  [[nodiscard]] const Event& event() const { return event_; }
  [[nodiscard]] Arena& arena() { return arena_; }
  // Ends the last call's lifetimes; the head of the next call may be parsed into this arena.
  [[nodiscard]] Arena& fresh_arena() {
    arena_.reset();
    return arena_;
  }
  [[nodiscard]] const Route& route() const { return event_.route; }

 private:
  friend class Context;
  static constexpr std::uint16_t no_step = 0xffff;
  Verdict run(Phase phase);
  Verdict proceed();
  Verdict judge(const Step& step, Verdict verdict);
  Verdict failed(const Step& step, std::string_view what);
  [[nodiscard]] std::string_view apply(const Rewrite& rewrite);
  void replace_body(std::string_view body);
  void prepare_slab();
  void note(std::string_view control, Note::Action action, Reason reason);
  void start(const Policy& policy, const Connection& connection, Clock clock);

  const Policy* policy_ = nullptr;
  const Pipeline* pipeline_ = nullptr;
  const Connection* connection_ = nullptr;
  Request* request_ = nullptr;
  Response* response_ = nullptr;
  const Step* running_ = nullptr;
  std::byte* slab_ = nullptr;
  const Answer* answer_ = nullptr;
  std::string_view body_;
  Decoded decoded_;
  bool is_decoded_ = false;
  bool body_replaced_ = false;  // in this phase
  std::size_t request_body_limit_ = 0;
  std::size_t response_body_limit_ = 0;
  bool request_body_judged_ = false;
  bool response_body_judged_ = false;
  std::uint16_t required_by_ = no_step;  // the control that does not let a response pass unseen
  std::int64_t now_us_ = 0;
  std::uint32_t budget_ = 0;
  std::size_t next_ = 0;  // position within the phase, for resume()
  Phase phase_ = Phase::connection;
  Actor actor_;
  Event event_;
  Arena arena_;
};

// Reads a configuration file (or text; `origin` names it in errors) with its specifications and
// compiles the engine's part of it. Linked from assembly/.
[[nodiscard]] Result<std::shared_ptr<const Policy>> load_policy(const std::string& path);
[[nodiscard]] Result<std::shared_ptr<const Policy>> parse_policy(std::string_view yaml, const std::string& origin);

// Parses one request head (up to and including the empty line) into `out`; views point into
// `head` and `arena`. The error's message names the rule that refused it. From http/.
[[nodiscard]] Result<void> parse_request(std::string_view head, bool https, Arena& arena, Request& out);

}  // namespace sallyport
