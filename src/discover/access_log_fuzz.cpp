// Lines of access logs, of either form: nothing is read outside of them, and what is taken stands in them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "discover/access_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  Arena arena;
  for (const auto& read : {discover::parse_text_line(line), discover::parse_json_line(line, arena)}) {
    if (!read) continue;
    if (read->method.empty() || read->target.empty() || read->status > 599) std::abort();
    if (const auto split = discover::split_target(read->target)) {
      if (split->path != "*" && !split->path.starts_with('/')) std::abort();
      if (split->path.contains('?')) std::abort();
    }
  }
  return 0;
}
