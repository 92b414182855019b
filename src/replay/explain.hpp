// Explains what a configuration says of one request that was never sent: where it is routed, who it is taken for, what
// each control of its API says in turn, and how it ends. For `sallyport check --explain`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assembly/assembly.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::replay {

struct Asked {
  std::string method;
  std::string target;  // "/orders/7?x=1"
  std::string host;    // empty: the first host of the first API that takes one
  std::vector<std::pair<std::string, std::string>> fields;
  std::optional<std::string> body;
  Address client;
};

struct Explained {
  struct Said {
    std::string_view control;
    Mode mode = Mode::enforce;
    Phase phase = Phase::request_head;
    enum class How : std::uint8_t { passed, noted, changed, would_deny, denied, failed, not_asked } how = How::passed;
    std::string rule;
    std::string detail;
  };
  std::string host;
  std::string path;   // canonical
  std::string route;  // "operation getOrder, GET /orders/{orderId}"; or why there is none
  std::string api;    // empty: none
  // As authentication left it: "ana (jwt), tenant harbour, roles customer".
  std::string caller;
  std::vector<Said> steps;
  bool looked_up = false;  // a control asked for a look-up (introspection, shared counters), which is not made
  // How the request ends: with this answer, or with 0 at the API.
  std::uint16_t status = 0;
  std::string control;
  std::string rule;
};

// Judged as if it came over TLS 1.3 at that moment. The error is that of a request that no client can send.
[[nodiscard]] Result<Explained> explain(const assembly::Assembled& assembled, const Asked& asked, Clock clock);
// For people; ends in a line feed.
[[nodiscard]] std::string text_of(const Explained& explained);

}  // namespace sallyport::replay
