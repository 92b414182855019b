// Reads back the lines that json_line.hpp writes: for replay, and for whoever works on a log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

#include "document/node.hpp"
#include "events/record.hpp"

namespace sallyport::events {

// Longest line that is read: a record of max_record bytes of which each becomes "\u00xx", and some.
inline constexpr std::size_t max_line = 6 * max_record + 8192;

// An event with all that it points into.
class ParsedLine {
 public:
  // Its views live as long as this object, also after a move. What the line does not say is as in
  // a RecordView: `tls` follows from the TLS version, `line` is empty.
  [[nodiscard]] const RecordView& record() const { return record_; }

 private:
  friend class LineReader;
  document::Document document_;
  RecordParts parts_;
  std::vector<char> sealed_;
  RecordView record_;
};

// Reads one line, without its line feed. `where` names it in errors: "events.jsonl:17".
// Names that schema version 1 does not have are passed over. Refused: what is not one JSON object,
// another schema version, a line longer than max_line, and a known name whose value is missing or
// is none that the writer could have written.
[[nodiscard]] Result<ParsedLine> parse_line(std::string_view line, const std::string& where);

}  // namespace sallyport::events
