// What a control answers. A denial is a decision, not an error; an error in a control is Failed
// and becomes that control's on_error, which denies unless configured otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include <sallyport/message.hpp>

namespace sallyport {

enum class Mode : std::uint8_t { off, observe, enforce };
enum class OnError : std::uint8_t { deny, allow };

struct Edit {
  enum class Kind : std::uint8_t { remove_at, remove, set, add };
  Kind kind = Kind::set;
  std::uint16_t index = 0;  // remove_at
  std::string_view name;    // remove, set, add
  std::string_view value;   // set, add
};

// RFC 9457 problem details for the client: nothing about the inside. All views are static or
// live in the call's arena.
struct Problem {
  std::uint16_t status = 403;
  std::string_view type = "about:blank";  // stable slug, published as urn:sallyport:problem:<type>
  std::string_view title;
  std::string_view detail;      // safe for the client; may be empty
  std::string_view extra_name;  // one more response field, e.g. Allow or Retry-After
  std::string_view extra_value;
  std::span<const Edit> fields = {};  // further response fields: name and value of each are sent
};

// Why, for operators: stands in the event and on the dashboard, never in the answer.
struct Reason {
  std::string_view rule;    // stable id within the control: "operation_not_in_spec"
  std::string_view detail;  // for a person
};

// A question that needs I/O; the driver looks it up and calls Transaction::resume.
struct Lookup {
  std::uint32_t provider = 0;  // registered with the driver
  std::string_view key;
};
struct Answer {
  bool found = false;
  std::string_view value;
};

struct Pass {};
struct Deny {
  Problem problem;
  Reason reason;
};
struct Rewrite {
  std::span<const Edit> edits;       // applied to the head of the current phase
  const Problem* replace = nullptr;  // response phases: this answer goes out instead of the upstream's
  Reason reason;
  // Body phases: goes on instead of the body that was judged, without content coding. Controls that
  // are asked later see it as the body. Lives as long as the call's arena.
  std::optional<std::string_view> body = {};
};
struct Need {
  Lookup lookup;
};
struct Failed {
  std::string_view what;  // for the event
};

using Verdict = std::variant<Pass, Deny, Rewrite, Need, Failed>;

}  // namespace sallyport
