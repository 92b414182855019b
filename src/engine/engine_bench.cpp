// What the engine itself costs a call: with no control, and with the head read before it.
#include <benchmark/benchmark.h>

#include <memory>

#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport {
namespace {

constexpr std::string_view head =
    "GET /v1/orders/1001?expand=items HTTP/1.1\r\nHost: api.example\r\nUser-Agent: curl/8.5.0\r\n"
    "Accept: application/json\r\nAuthorization: Bearer abcdefghijklmnopqrstuvwxyz\r\nX-Client: bench\r\n\r\n";

struct Rig {
  Rig() {
    auto api = std::make_unique<Api>();
    api->name = "orders";
    api->hosts = {"*"};
    api->base_path = "/";
    policy.router = std::make_shared<const Router>(Router::build({api.get()}).value());
    policy.apis.push_back(std::move(api));
    policy.pipelines.emplace_back(std::vector<Step>{});
    response.status = 200;
    if (!parse_request(head, true, arena, request)) std::abort();
  }
  void judge() {
    call.begin(policy, connection, request, Clock{1});
    benchmark::DoNotOptimize(call.request_head());
    benchmark::DoNotOptimize(call.response_head(response));
    call.end();
  }
  Policy policy;
  Connection connection;
  Arena arena;
  Request request;
  Response response;
  Transaction call;
};

// The bar is 300 ns: routing, both phases, the event.
void empty_pipeline(benchmark::State& state) {
  Rig rig;
  for (auto _ : state) {
    (void)rig.call.fresh_arena();
    rig.judge();
  }
}
BENCHMARK(empty_pipeline);

void read_and_judge(benchmark::State& state) {
  Rig rig;
  for (auto _ : state) {
    if (!parse_request(head, true, rig.call.fresh_arena(), rig.request)) std::abort();
    rig.judge();
  }
}
BENCHMARK(read_and_judge);

}  // namespace
}  // namespace sallyport
