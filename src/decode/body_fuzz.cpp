// Any bytes as any type: reading ends, every leaf is inside of what was read, and what the
// Unwrapper finds keeps to its limits. The first line is the Content-Type, the second the
// Content-Encoding, the rest the body.
#include <cstdlib>
#include <string>

#include "decode/cookies.hpp"
#include "decode/leaves.hpp"
#include "decode/nested.hpp"
#include "decode/pointer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::decode;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = [&text] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view out = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return out;
  };
  Arena arena;
  Fields fields;
  fields.append("Content-Type", line());
  if (const auto coding = line(); !coding.empty()) fields.append("Content-Encoding", coding);
  ContentLimits limits;
  limits.coding.decoded_bytes = 1u << 16;
  (void)read_cookies(text, arena);
  const auto content = read_content(fields, text, arena, limits);
  if (!content) {
    if (content.error().rule.empty() || status_of(content.error()) < 400) std::abort();
    return 0;
  }
  Unwrapper unwrapper(arena, {.all_forms = 64, .bytes = 1u << 16});
  std::size_t forms = 0;
  visit_content(*content, arena, [&](const Leaf& leaf) {
    if (leaf.json != nullptr) {
      const auto pointer = pointer_to(*leaf.root, *leaf.json);
      if (pointer.empty() && leaf.json != leaf.root && !leaf.json->name().empty()) std::abort();
    }
    for (const Nested& form : unwrapper.unwrap(leaf.value)) {
      if (form.text.empty() || form.depth == 0 || form.depth > NestedLimits{}.depth) std::abort();
      ++forms;
    }
    return true;
  });
  if (forms > 64) std::abort();
  return 0;
}
