// Any bytes as a document against a schema that has everything: judging ends, a failure has a rule
// and a place in the document, and of a valid document every selection knows its types.
#include <cstdlib>

#include "graphql/coerce.hpp"
#include "graphql/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::graphql;
  static const auto schema = *Schema::read(R"(
    interface N { id: ID! n(a: Int = 1): N l: [N!]! } type A implements N { id: ID! n(a: Int = 1): N l: [N!]! a(i: I): A s: String }
    type B implements N { id: ID! n(a: Int = 1): B l: [N!]! b(o: O!, e: [E!]): U s: Int } union U = A | B
    enum E { X Y } input I { e: E! = X i: I l: [[Int!]] j: J } input O @oneOf { a: Int b: String } scalar J
    directive @d(i: I) repeatable on FIELD | QUERY  directive @v on VARIABLE_DEFINITION | INLINE_FRAGMENT
    type Query { n: N u: [U] a(j: J): A b: B f(x: Float, b: Boolean!): Int } type Mutation { n: N } type Subscription { n: N a: A })");
  Arena arena;
  const auto document = decode::parse_graphql({reinterpret_cast<const char*>(data), size}, arena);
  if (!document) return 0;
  const auto typed = validate(**document, *schema, arena);
  if (!typed) {
    if (typed.error().rule.empty() || typed.error().detail.empty() || typed.error().offset > size) std::abort();
    return 0;
  }
  for (const Selection& one : typed->selections) {
    if (one.parent == nullptr || one.type == nullptr || one.end <= &one - typed->selections.data()) std::abort();
    if ((one.field != nullptr) != one.node->is(decode::GraphqlKind::field)) std::abort();
  }
  for (const Definition& one : typed->definitions) {
    if (one.type == nullptr || one.begin >= one.end || one.end > typed->selections.size()) std::abort();
    if (!one.node->is(decode::GraphqlKind::operation)) continue;
    const auto wrong = misfit_of_variables(*schema, *one.node, nullptr);
    if (wrong && wrong->rule.empty()) std::abort();
  }
  return 0;
}
