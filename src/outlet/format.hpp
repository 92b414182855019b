// One event in the words of those who collect events: OCSF 1.1 (API Activity 6003; what the firewall stopped:
// Detection Finding 2004), Elastic Common Schema 8.11, ArcSight CEF, or our own line.
//
// Events come from the event log: credentials and values of sensitive names are taken out already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/record.hpp"

namespace sallyport::outlet {

enum class Format : std::uint8_t { sallyport, ocsf, ecs, cef };

// Appends one line without a line feed. `line`: of the event log, for Format::sallyport.
void append_message(std::string& out, Format format, const events::RecordView& record, std::string_view line);

// 0 to 10, as CEF has it: 0 forwarded, 3 failed, 5 denied, 8 stopped by the firewall.
[[nodiscard]] unsigned severity_of(const events::RecordView& record);

}  // namespace sallyport::outlet
