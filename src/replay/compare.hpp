// Compares what was decided with what is decided now, and says what the comparison is worth.
#pragma once

#include <string>

#include "replay/judge.hpp"

namespace sallyport::replay {

enum class Sameness : std::uint8_t {
  same,     // all that was asked for is in the record, and the decision is the recorded one
  partial,  // as same, but some control asked for what the record has not (Comparison::lacks)
  changed,  // another decision
  unknown,  // the record does not allow an answer (Comparison::why)
  judged,   // there is no recorded decision to compare with
};
inline constexpr unsigned sameness_count = 5;
[[nodiscard]] std::string_view word(Sameness result);
[[nodiscard]] std::string_view word(Lack lack);

struct Comparison {
  Sameness result = Sameness::unknown;
  Decision now;
  Lacks lacks;
  std::string why;  // with `unknown`
};

// Outcome, control, rule, status and notes are compared. Of a body that is not in the record is
// supposed that the controls that judged it, as far as they still do, find what they found then.
[[nodiscard]] Comparison compare(const Call& call, Judged judged);

// The same call judged with two different stand-ins for what its record does not have: when the
// decisions differ, it is unknown.
[[nodiscard]] Comparison compare(const Call& call, Judged first, const Judged& second);

}  // namespace sallyport::replay
