// Any bytes: parsing ends, what is accepted can be walked and found, and simdjson agrees on what
// JSON is.
#include <simdjson.h>

#include <cstdlib>
#include <string>

#include "decode/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Arena arena;
  const decode::Limits limits;
  const auto tree = decode::parse_json(text, arena, limits);
  if (tree) {
    const decode::Value* const root = *tree;
    std::size_t last = 0;
    for (const decode::Value* at = root; at != root->after(); ++at) {
      if (at->offset() < last || at->offset() >= size) std::abort();
      last = at->offset();
      std::size_t children = 0;
      for (const decode::Value& child : *at) {
        ++children;
        if (at->is(decode::Kind::object) && at->find(child.name()) != &child) std::abort();
      }
      if (children != at->size()) std::abort();
    }
  } else if (tree.error().offset > size) {
    std::abort();
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const auto peer = parser.parse(simdjson::padded_string(text)).get(root);
  const auto loose = decode::parse_json(text, arena, {.duplicates = true});
  // What it converts and we keep as written it may refuse.
  if (loose && peer != simdjson::SUCCESS && peer != simdjson::NUMBER_ERROR) std::abort();
  if (!loose && peer == simdjson::SUCCESS) {
    const std::string_view rule = loose.error().rule;
    // Our limits, and what simdjson lets pass: a byte order mark, half surrogate pairs.
    if (rule == "syntax" || rule == "utf8" || rule == "control_character") std::abort();
  }
  return 0;
}
