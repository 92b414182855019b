// The scan that every inspected body pays for: clean prose, clean records full of ids, and records
// with something in each.
#include <benchmark/benchmark.h>

#include <string>

#include "classify/scan.hpp"

namespace sallyport::classify {
namespace {

std::string repeated(std::string_view part) {
  std::string out;
  while (out.size() < 4096) out += part;
  return out;
}

void scans(benchmark::State& state, std::string_view part) {
  const std::string text = repeated(part);
  for (auto _ : state) {
    Findings found;
    scan(text, {}, found);
    benchmark::DoNotOptimize(found);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK_CAPTURE(scans, prose, "Parcels are left at the front desk when nobody is at home to take them. ");
BENCHMARK_CAPTURE(scans, ids, "e72278fb-234a-4070-a58b-26fad2782fc6 SKU-R05RRM 16191 2024-03-10T09:12:00Z ord_81f3 ");
BENCHMARK_CAPTURE(scans, findings, "card 4000 1234 1234 1234 of ana@example.org, SSN 536-22-1234, +49 30 23125 042 ");

void short_values(benchmark::State& state) {
  constexpr std::string_view values[] = {"paid", "Line Hansen",       "2024-03-10T09:12:00Z",
                                         "EUR",  "at the front desk", "4210"};
  std::int64_t bytes = 0;
  for (auto _ : state) {
    for (const std::string_view value : values) {
      Findings found;
      scan(value, {}, found);
      benchmark::DoNotOptimize(found);
      bytes += static_cast<std::int64_t>(value.size());
    }
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(short_values);

}  // namespace
}  // namespace sallyport::classify
