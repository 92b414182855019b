// Any bytes as a GraphQL document: parsing ends, and each node of what is accepted stands in it.
#include <cstdlib>

#include "decode/graphql.hpp"

namespace {

void walk(const sallyport::decode::GraphqlNode& node, std::size_t size) {
  if (node.offset > size) std::abort();
  if (node.is_selection() && node.kind == sallyport::decode::GraphqlKind::field && node.name.empty()) std::abort();
  for (const auto& child : node) walk(child, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  Arena arena;
  const auto document = decode::parse_graphql({reinterpret_cast<const char*>(data), size}, arena);
  if (document) {
    walk(**document, size);
  } else if (document.error().rule.empty() || document.error().offset > size) {
    std::abort();
  }
  return 0;
}
