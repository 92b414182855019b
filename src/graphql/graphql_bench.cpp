// A typical query, parsed alone, and parsed and validated.
#include <benchmark/benchmark.h>

#include "graphql/validate.hpp"

namespace sallyport::graphql {
namespace {

constexpr std::string_view shop = R"(
  type Query { orders(first: Int!, after: String, where: OrderFilter): OrderPage! customer(id: ID!): Customer }
  input OrderFilter { state: State customer: ID placedAfter: String }
  enum State { OPEN PAID SHIPPED }
  type OrderPage { edges: [OrderEdge!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo { endCursor: String hasNextPage: Boolean! }
  interface Node { id: ID! }
  type Order implements Node { id: ID! state: State! placed: String! customer: Customer! lines: [Line!]! total: Money! }
  type Line { sku: String! name: String! quantity: Int! price: Money! }
  type Money { amount: Int! currency: String! }
  type Customer implements Node { id: ID! name: String! email: String! orders(first: Int = 10): OrderPage! })";

constexpr std::string_view query = R"(query Orders($first: Int!, $after: String, $state: State = OPEN) {
  orders(first: $first, after: $after, where: { state: $state }) {
    edges { cursor node { ...Summary lines { sku name quantity price { ...Price } } } }
    pageInfo { endCursor hasNextPage }
  }
}
fragment Summary on Order { id state placed customer { id name } total { ...Price } }
fragment Price on Money { amount currency })";

void parse(benchmark::State& state) {
  Arena arena;
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(decode::parse_graphql(query, arena));
  }
}
BENCHMARK(parse);

void parse_and_validate(benchmark::State& state) {
  const auto schema = *Schema::read(shop);
  Arena arena;
  for (auto _ : state) {
    arena.reset();
    const auto document = decode::parse_graphql(query, arena);
    const auto typed = validate(**document, *schema, arena);
    if (!typed) state.SkipWithError("refused");
    benchmark::DoNotOptimize(typed);
  }
}
BENCHMARK(parse_and_validate);

}  // namespace
}  // namespace sallyport::graphql
