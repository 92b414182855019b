// Any text: reading an archive ends, every entry becomes a call or an error with a place, and the
// head of a call has no line that its archive did not name.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "document/node.hpp"
#include "replay/har.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const auto document = document::parse(std::string(reinterpret_cast<const char*>(data), size), "a.har",
                                        {.bytes = 1u << 20, .nodes = 10'000, .depth = 64, .scalar = 1u << 16});
  if (!document) return 0;
  std::size_t seen = 0;
  const auto done = replay::read_har(
      document->root(), {},
      [&seen](const replay::Call& call, const replay::Call* second) {
        ++seen;
        if (second == nullptr || !call.where.starts_with("a.har:")) std::abort();
        if (!call.head || call.head->empty()) return;
        const std::string& head = *call.head;
        if (!head.ends_with("\r\n\r\n") || head.find("\r\n\r\n") != head.size() - 4) std::abort();
        if (std::ranges::count(head, '\r') != std::ranges::count(head, '\n')) std::abort();
      },
      [&seen](const Error& error) {
        ++seen;
        if (!error.where.starts_with("a.har:") || error.message.empty()) std::abort();
      });
  if (done && seen != document->root().find("log")->find("entries")->items().size()) std::abort();
  return 0;
}
