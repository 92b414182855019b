// A call out of a record of the event log.
#pragma once

#include <string>

#include "events/record.hpp"
#include "replay/call.hpp"

namespace sallyport::replay {

// The log has credentials and secrets taken out; something has to stand there when the call is
// judged again. Two ways, so that a verdict that depends on it shows.
enum class StandIn : std::uint8_t {
  word,    // a word
  absent,  // a field that was redacted as a whole is left out; elsewhere a digit stands
};

// The request is written from its canonical form, and read again by the code that read it first:
// that form is one of its own inputs. `where` names the record for people.
[[nodiscard]] Call call_of(const events::RecordView& record, std::string where, StandIn stand_in);

}  // namespace sallyport::replay
