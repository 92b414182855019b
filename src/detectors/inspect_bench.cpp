// What a value costs: ordinary ones are nearly all of the traffic.
#include <benchmark/benchmark.h>

#include <string>

#include "detectors/inspect.hpp"

namespace {

using namespace sallyport;

void value(benchmark::State& state, std::string_view text) {
  Arena arena;
  for (auto _ : state) {
    detectors::Findings findings;
    detectors::inspect(detectors::fold(text, arena), {}, findings);
    benchmark::DoNotOptimize(findings);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

BENCHMARK_CAPTURE(value, word, "shipped");
BENCHMARK_CAPTURE(value, uuid, "123e4567-e89b-12d3-a456-426614174000");
BENCHMARK_CAPTURE(value, date, "2026-01-05T10:00:00Z");
BENCHMARK_CAPTURE(value, email, "ann.smith@example.com");
BENCHMARK_CAPTURE(value, name, "Ann O'Brien");
BENCHMARK_CAPTURE(value, url, "https://example.com/orders/7?page=2");
BENCHMARK_CAPTURE(value, sentence, "Please leave the parcel with the neighbours, and ring twice; thank you!");
BENCHMARK_CAPTURE(value, attack, "1' union select card,cvv from payments-- -");

void megabyte(benchmark::State& state, std::string_view piece) {
  std::string text;
  while (text.size() < 1u << 20) text += piece;
  value(state, text);
}
BENCHMARK_CAPTURE(megabyte, prose, "The quick brown fox jumps over the lazy dog. ");
BENCHMARK_CAPTURE(megabyte, quotes, "'");
BENCHMARK_CAPTURE(megabyte, tags, "<a ");
BENCHMARK_CAPTURE(megabyte, commands, ";id ");
BENCHMARK_CAPTURE(megabyte, json, "{\"a\": [1, 2, \"x y\"], \"b\": null}, ");

}  // namespace
