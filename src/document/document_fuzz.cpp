// Any text: parsing ends, and what is accepted can be walked, found and named.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "document/node.hpp"

namespace {

using sallyport::document::Node;

std::size_t walk(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items()) count += walk(item);
  for (const auto& entry : node.entries()) {
    if (node.find(entry.key) != &entry.value) std::abort();
    count += walk(entry.value);
  }
  if (node.line() == 0 || node.column() == 0) std::abort();
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sallyport::document::Limits limits{.bytes = 1u << 20, .nodes = 10'000, .depth = 64, .scalar = 4096};
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* origin : {"f.yaml", "f.json"}) {
    const auto document = sallyport::document::parse(text, origin, limits);
    if (document && walk(document->root()) > limits.nodes) std::abort();
    if (!document && (document.error().message.empty() || document.error().where.empty())) std::abort();
  }
  return 0;
}
