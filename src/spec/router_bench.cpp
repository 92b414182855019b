// What Router::find costs as the number of operations and hosts grows. Read the pairs:
//   Operations/10 and /100000: one API, REST-like templates of four to six segments
//   Hosts/10 and /10000: an API of its own per host
// `Spread` calls for a different operation or host each time, in random order, so the larger
// tables come from memory; `Hot` asks for the same few, as real traffic mostly does.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <new>
#include <random>

#include "spec/router_fixture.hpp"

namespace {
thread_local std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  void* const out = std::malloc(size == 0 ? 1 : size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}
void operator delete(void* at) noexcept { std::free(at); }               // NOLINT(clang-analyzer-cplusplus.NewDelete)
void operator delete(void* at, std::size_t) noexcept { std::free(at); }  // NOLINT(clang-analyzer-cplusplus.NewDelete)

namespace sallyport {
namespace {

struct Call {
  std::string host;
  std::string path;
};

// Calls are kept in a fixed number, so that reading them costs the same at every size.
constexpr std::size_t call_count = 4096;

void measure(benchmark::State& state, const testing::Gate& gate, const std::vector<Call>& calls) {
  std::size_t next = 0;
  const std::size_t before = allocations;
  for (auto _ : state) {
    const Call& call = calls[next];
    next = next + 1 == calls.size() ? 0 : next + 1;
    Route route = gate.router().find(call.host, call.path, Method::get, "GET");
    benchmark::DoNotOptimize(route);
    if (route.operation == nullptr) state.SkipWithError("not found");
  }
  state.counters["allocations"] = static_cast<double>(allocations - before);
  state.counters["MiB"] = static_cast<double>(gate.router().bytes()) / (1 << 20);
}

// 40 operations a resource: "/v1/service17/resource93/{id}/part5/{part}".
void fill_operations(testing::Gate& gate, std::size_t count, std::vector<Call>& calls) {
  auto& api = gate.api("api", {"api.example.com"}, "/v1");
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string start = fmt::format("/v1/service{}/resource{}", i / 4000, i / 40);
    const std::string part = "part" + std::to_string(i % 40);
    api.get(fmt::format("{}/{{id}}/{}{}", start, part, i % 2 == 0 ? "" : "/{part}"));
    paths.push_back(fmt::format("{}/7f3a9c/{}{}", start, part, i % 2 == 0 ? "" : "/42"));
  }
  std::mt19937_64 dice(1);
  for (std::size_t i = 0; i < call_count; ++i) calls.push_back({"api.example.com", paths[dice() % paths.size()]});
}

void fill_hosts(testing::Gate& gate, std::size_t count, std::vector<Call>& calls) {
  std::mt19937_64 dice(1);
  const auto host = [](std::size_t i) { return "tenant" + std::to_string(i) + ".api.example.com"; };
  for (std::size_t i = 0; i < count; ++i) gate.api("api", {host(i)}, "/v1").get("/v1/orders/{id}");
  for (std::size_t i = 0; i < call_count; ++i) calls.push_back({host(dice() % count), "/v1/orders/42"});
}

using Fill = void (*)(testing::Gate&, std::size_t, std::vector<Call>&);

void run(benchmark::State& state, Fill fill, std::size_t distinct) {
  testing::Gate gate;
  std::vector<Call> calls;
  fill(gate, static_cast<std::size_t>(state.range(0)), calls);
  calls.resize(distinct);
  gate.build();
  measure(state, gate, calls);
}

void OperationsHot(benchmark::State& state) { run(state, fill_operations, 16); }
void OperationsSpread(benchmark::State& state) { run(state, fill_operations, call_count); }
void HostsHot(benchmark::State& state) { run(state, fill_hosts, 16); }
void HostsSpread(benchmark::State& state) { run(state, fill_hosts, call_count); }
BENCHMARK(OperationsHot)->Arg(10)->Arg(1000)->Arg(100'000);
BENCHMARK(OperationsSpread)->Arg(10)->Arg(1000)->Arg(100'000);
BENCHMARK(HostsHot)->Arg(10)->Arg(10'000);
BENCHMARK(HostsSpread)->Arg(10)->Arg(10'000);

void Build(benchmark::State& state) {
  testing::Gate gate;
  std::vector<Call> calls;
  fill_operations(gate, static_cast<std::size_t>(state.range(0)), calls);
  for (auto _ : state) gate.build();
}
BENCHMARK(Build)->Arg(100'000)->Unit(benchmark::kMillisecond);

// The worst set of templates that build() accepts, asked for a path that nothing matches.
void WorstCase(benchmark::State& state) {
  testing::Gate gate;
  auto& api = gate.api("api", {"*"}, "/");
  std::string miss;
  for (int i = 0; i < 1 << 12; ++i) {
    std::string path;
    for (int level = 0; level < 12; ++level)
      path += ((i >> level) & 1) != 0 ? "/a" : "/{v" + std::to_string(level) + "}";
    api.get(path + "/end");
  }
  for (int level = 0; level < 12; ++level) miss += "/a";
  miss += "/other";
  gate.build();
  for (auto _ : state) {
    Route route = gate.router().find("h", miss, Method::get, "GET");
    benchmark::DoNotOptimize(route);
  }
  state.counters["worst_case"] = gate.router().worst_case();
}
BENCHMARK(WorstCase)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sallyport
