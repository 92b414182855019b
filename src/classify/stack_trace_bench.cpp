// The search that every inspected answer pays for: an ordinary JSON body of about 1 KiB.
#include <benchmark/benchmark.h>

#include <string>

#include "classify/stack_trace.hpp"

namespace sallyport::classify {
namespace {

std::string orders(const char* space) {
  std::string body = std::string("{") + space + "\"orders\": [";
  for (int i = 0; i < 6; ++i) {
    body += std::string(space) + R"({"id": "ord_81f3", "status": "paid", "total": 4210, "currency": "EUR", )" +
            R"("customer": "Line Hansen", "created": "2024-03-10T09:12:00Z", "note": "at the front desk"},)";
  }
  return body + space + "{}]}";
}

void search(benchmark::State& state, const char* space) {
  const std::string body = orders(space);
  for (auto _ : state) benchmark::DoNotOptimize(stack_trace_in(body));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}
BENCHMARK_CAPTURE(search, compact, "");
BENCHMARK_CAPTURE(search, indented, "\n      ");

}  // namespace
}  // namespace sallyport::classify
