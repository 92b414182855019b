// Any bytes as the body of a GraphQL request, in each form: reading and measuring end, and what is
// measured has at least one field.
#include <cstdlib>

#include "controls/graphql/ask.hpp"
#include "controls/graphql/measure.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::controls::graphql;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  Arena arena;
  Fields fields;
  constexpr std::string_view types[] = {"application/json", "application/graphql", "multipart/form-data; boundary=b"};
  fields.append("Content-Type", types[data[0] % 3]);
  static const std::vector<std::string> arguments{"first"};
  const auto asks = data[0] % 4 == 3 ? asks_of_query(body, arena) : asks_of_body(fields, body, 5, arena);
  if (!asks) {
    if (asks.error().rule.empty()) std::abort();
    return 0;
  }
  if (asks->all.empty() || asks->all.size() > 5) std::abort();
  for (const Ask& ask : asks->all) {
    const auto document = decode::parse_graphql(ask.query, arena);
    if (!document) continue;
    const auto got = measure(**document, ask.variables, {arguments, 10});
    if (!got && got.error().rule.empty()) std::abort();
    if (got && (got->nodes == 0 || got->depth == 0 || got->cost < got->nodes || got->aliases > got->nodes))
      std::abort();
  }
  return 0;
}
