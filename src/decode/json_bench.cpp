// A typical order, and what a hostile megabyte costs. The peer, simdjson, is measured beside ours.
#include <benchmark/benchmark.h>

#include <simdjson.h>

#include <string>

#include "decode/json.hpp"

namespace sallyport::decode {
namespace {

std::string order() {
  std::string text =
      R"({"customer":{"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","email":"jo@example.com","name":"Jo Field"},)"
      R"("currency":"EUR","lines":[)";
  for (int i = 0; i < 7; ++i) {
    text += R"({"sku":"SKU-1000)" + std::to_string(i) + R"(","name":"Walnut desk lamp, brown","quantity":)" +
            std::to_string(i + 1) +
            R"(,"unit_price":{"amount":1290,"currency":"EUR"},"tax_rate":0.21,"gift_wrap":true,)"
            R"("attributes":{"colour":"brown","weight_grams":250}},)";
  }
  text.back() = ']';
  return text +
         R"(,"total":{"amount":123456,"currency":"EUR"},"note":"Please ring twice, the bell is old.","coupon":null})";
}

void order_ours(benchmark::State& state) {
  const std::string text = order();
  Arena arena;
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(parse_json(text, arena));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(order_ours);

void order_simdjson_dom(benchmark::State& state) {
  const simdjson::padded_string text(order());
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    if (parser.parse(text).get(root) != simdjson::SUCCESS) state.SkipWithError("refused");
    benchmark::DoNotOptimize(root);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(order_simdjson_dom);

constexpr std::size_t megabyte = 1u << 20;

std::string repeated(std::string_view piece, std::string_view begin, std::string_view end) {
  std::string text(begin);
  while (text.size() + piece.size() + end.size() <= megabyte) text += piece;
  return text.append(end);
}

void hostile(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    Arena arena;
    benchmark::DoNotOptimize(parse_json(text, arena));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK_CAPTURE(hostile, escapes, repeated("\\u00e9", "\"", "\""));
BENCHMARK_CAPTURE(hostile, digits, repeated("1", "", ""));
BENCHMARK_CAPTURE(hostile, values, repeated("0,", "[", "0]"));
BENCHMARK_CAPTURE(hostile, long_values, repeated("\"12345\",", "[", "0]"));
BENCHMARK_CAPTURE(hostile, spaces, repeated(" ", "", "1"));
BENCHMARK_CAPTURE(hostile, wide_text, repeated("\xc3\xa9", "\"", "\""));
BENCHMARK_CAPTURE(hostile, names, [] {
  std::string text = "{";
  for (int i = 0; i < 10'000; ++i) text += "\"" + std::string(90, 'x') + std::to_string(i) + "\":0,";
  text.back() = '}';
  return text;
}());

}  // namespace
}  // namespace sallyport::decode
