// Replay: recorded calls through the engine of a configuration, without a network. Reads event
// logs (lines of events/json_line.hpp) and HTTP archives (HAR 1.2).
#pragma once

#include <string>

#include "assembly/assembly.hpp"
#include "replay/har.hpp"
#include "replay/report.hpp"

namespace sallyport::replay {

// Judges each call of the file and tells `report`; also what could not be read, with file and line.
// An event log is streamed, an archive may have har_limits.
void replay_file(const std::string& path, const HarOptions& options, Judge& judge, Report& report);

}  // namespace sallyport::replay
