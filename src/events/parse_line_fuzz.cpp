// Any text: reading a line ends, and what is accepted is written and read again as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "events/json_line.hpp"
#include "events/parse_line.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::events;
  const auto parsed = parse_line({reinterpret_cast<const char*>(data), size}, "line");
  if (!parsed) {
    if (parsed.error().message.empty() || !parsed.error().where.starts_with("line")) std::abort();
    return 0;
  }
  std::string line;
  append_line(line, parsed->record());
  const auto again = parse_line(line, "line");
  if (!again) return line.size() > max_line ? 0 : (std::abort(), 0);
  std::string twice;
  append_line(twice, again->record());
  if (twice != line) std::abort();
  return 0;
}
